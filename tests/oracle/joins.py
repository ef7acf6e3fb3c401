"""Makes a data set whose tables do not fit together, and works out the join report by comparing everything with everything.

    joins.py make DIR ENTERPRISES STRAYS SEED    writes the tables
    joins.py expect DIR                          prints the parts joins, presence and repairs as JSON

The second reading shares nothing with the program: it goes by the words of docs/checking.md, GB 32100-2015 and GB 11714-1997.
Only the standard library.
"""

import csv
import json
import os
import random
import sys
from decimal import Decimal

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
MISREAD = str.maketrans("OIZSV", "0125U")
LEAD = {"land": "area", "output": "gross_output", "tax": "tax_paid", "energy": "energy_tce"}
ORDER = ["form", "misread-letter", "check-slip", "organisation-code", "check-length", "same-name", "short-name", "swapped", "length", "one-character"]
SURE = dict.fromkeys(ORDER[:2], "certain") | dict.fromkeys(ORDER[2:6], "likely") | dict.fromkeys(ORDER[6:], "possible")
SUFFIXES = ["股份有限责任公司", "有限责任公司", "股份有限公司", "有限公司", "总公司", "分公司", "公司", "(集团)", "集团", "股份", "控股"]


def check(code):
    """The 18th character: the weighted sum of all, with 3^17 for it, must be divisible by 31 in the form of the standard."""
    total = sum(LETTERS.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return LETTERS[-total % 31]


def organisation_check(eight):
    total = sum(int(character, 36) * weight for character, weight in zip(eight, (3, 7, 9, 10, 5, 8, 4, 2)))
    rest = 11 - total % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)


def shaped(code):
    return (len(code) == 18 and code.isascii() and code.isalnum() and code[0] in "123456789ANY" and code[2:8].isdigit() and code[2] != "0")


def valid(code):
    return shaped(code) and all(character in LETTERS for character in code) and check(code) == code[17]


def normal(text):
    text = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text if not c.isspace() and c not in "\u200b\ufeff")
    return "".join(c.upper() if c.isascii() else c for c in text)


def organisation(code):
    if not code.isascii():
        return None
    if shaped(code):
        return code[8:17]
    if len(code) == 15 and code[:6].isdigit():
        nine = code[6:]
    elif len(code) == 10 and code[8] == "-":
        nine = code[:8] + code[9]
    elif len(code) == 9:
        nine = code
    else:
        return None
    return nine if nine[8] in "0123456789X" and nine[:8].isalnum() and organisation_check(nine[:8]) == nine[8] else None


def plain(name):
    out = ""
    for c in name:
        c = chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c
        c = {"【": "(", "】": ")", "〔": "(", "〕": ")", "[": "(", "]": ")"}.get(c, c)
        if not c.isspace() and c not in "·.,，。、-":
            out += c.lower()
    return out


def bare(name):
    return name.replace("(", "").replace(")", "")


def core(name):
    while True:
        for suffix in SUFFIXES:
            if name.endswith(suffix):
                if name == suffix:
                    return name
                name = name[: -len(suffix)]
                break
        else:
            return name


def distance(a, b):
    """Whole-table edit distance with swaps of neighbours, and the last step's kind where it is 1."""
    if abs(len(a) - len(b)) > 1:
        return None
    if len(a) == len(b):
        off = [place for place in range(len(a)) if a[place] != b[place]]
        if len(off) == 1:
            return "character"
        if len(off) == 2 and off[1] == off[0] + 1 and a[off[0]] == b[off[1]] and a[off[1]] == b[off[0]]:
            return "swapped"
        return None
    short, long = sorted((a, b), key=len)
    return "length" if any(long[:place] + long[place + 1 :] == short for place in range(len(long))) else None


def reasons(stray, names, code, name):
    """Every reason why a stray id may mean this enterprise."""
    a, b = normal(stray), normal(code)
    if a == b:
        yield "form"
    if a.translate(MISREAD) == b.translate(MISREAD):
        yield "misread-letter"
    if organisation(a) is not None and organisation(a) == organisation(b):
        yield "organisation-code"
    for beside in names:
        if len(bare(plain(beside))) >= 3:
            if bare(plain(beside)) == bare(plain(name)):
                yield "same-name"
            shorter = {core(plain(name)), core(bare(plain(name)))}
            if any(len(one) >= 3 and one in shorter for one in (core(plain(beside)), core(bare(plain(beside))))):
                yield "short-name"
    kind = distance(a, b) if min(len(a), len(b)) >= 5 and not valid(a) else None
    if kind and valid(b):
        yield "check-length" if kind == "length" else "check-slip"
    elif kind:
        yield {"character": "one-character"}.get(kind, kind)


def rows(directory, table):
    path = os.path.join(directory, table + ".csv")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [(reader.line_num, row | {"enterprise_id": narrow(row["enterprise_id"])}) for row in reader]


def narrow(text):
    """Letters and digits of ids are read in plain characters, and what cannot be seen is not read."""
    wide = lambda c: "０" <= c <= "９" or "Ａ" <= c <= "Ｚ" or "ａ" <= c <= "ｚ" or c == "－"
    return "".join(chr(ord(c) - 0xFEE0) if wide(c) else c for c in text if c not in "\u200b\ufeff")


def expect(directory):
    known = {row["enterprise_id"]: row["name"] for _, row in rows(directory, "enterprises")}
    tables = {table: rows(directory, table) for table in LEAD}
    joins, strays, held = [], {}, {}
    for table, lead in LEAD.items():
        count, sums, ids = [0, 0, 0], [Decimal(0), Decimal(0)], (set(), set())
        for line, row in tables[table]:
            code = row["enterprise_id"].strip()
            where = 2 if not code else 0 if code in known else 1
            count[where] += 1
            if not code:
                continue
            value = Decimal(row[lead] or 0)
            sums[where] += value
            ids[where].add(code)
            held.setdefault(code, {}).setdefault(table, Decimal(0))
            held[code][table] += value
            if where == 1:
                stray = strays.setdefault(code, {"name": None, "tables": [], "rows": 0, "file": table, "row": line})
                stray["rows"] += 1
                stray["name"] = stray["name"] or (row.get("企业名称") or "").strip() or None
                if table not in stray["tables"]:
                    stray["tables"].append(table)
        joins.append([table, *count, len(ids[0]), len(ids[1]), len(known) - len(ids[0]), *map(float, sums)])
    groups = {}
    for code in [*known, *strays]:
        key = (code in known, *(table in held.get(code, {}) for table in LEAD))
        group = groups.setdefault(key, [0, dict.fromkeys(LEAD, Decimal(0)), []])
        group[0] += 1
        group[2].append(code)
        for table, value in held.get(code, {}).items():
            group[1][table] += value
    presence = []
    for key, (count, sums, codes) in groups.items():
        values = [float(sums[table]) if there else None for table, there in zip(LEAD, key[1:])]
        presence.append([list(key), count, values, ", ".join(sorted(codes)[:3])])
    repairs = []
    for code in sorted(strays, key=lambda code: code.encode()):
        stray = strays[code]
        names = [name for name in (stray["name"], None if code.isascii() else code) if name]
        found = {}
        for other, name in known.items():
            best = min(map(ORDER.index, reasons(code, names, other, name)), default=None)
            if best is not None:
                found[other] = best
        best = sorted(found, key=lambda other: (found[other], other.encode()))[:3]
        head = [code, stray["name"], ", ".join(stray["tables"]), stray["rows"], stray["row"]]
        if not best:
            repairs.append([*head, 1, None, "valid-code" if valid(normal(code)) else "nothing-near", None])
        for place, other in enumerate(best):
            reason = ORDER[found[other]]
            repairs.append([*head, place + 1, other, reason, SURE[reason]])
    return {"joins": joins, "presence": sorted(presence, key=str), "repairs": repairs}


def make(directory, enterprises, strays, seed):
    dice = random.Random(seed)
    os.makedirs(directory, exist_ok=True)
    syllables = "永康云汀霁川葭浦东南西北华新宏达盛昌泰安恒远金银铜铁机电轴承阀门"

    def code():
        eight = "MA" + "".join(dice.choice(LETTERS) for _ in range(6))
        body = "91" + dice.choice(["330784", "350982", "110101"]) + eight + organisation_check(eight)
        return body + check(body)

    known = {}
    while len(known) < enterprises:
        # Every seventh has a local key without a check character.
        one = f"K{dice.randrange(10**6):06}" if len(known) % 7 == 6 else code()
        name = "".join(dice.choice(syllables) for _ in range(4)) + dice.choice(["有限公司", "股份有限公司", "（集团）有限公司", "厂"])
        known.setdefault(one, name)
    ids = list(known)

    def slip(text):
        place = dice.randrange(len(text) - 1)
        swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        kind = dice.randrange(10)
        if kind == 0:
            return text.lower()
        if kind == 1:
            return text.replace("0", "O", 1)
        if kind == 2:
            return text[:place] + dice.choice(LETTERS) + text[place + 1 :]
        if kind == 3:
            return swapped
        if kind == 4:
            return text[:place] + text[place + 1 :]
        if kind == 5:
            return text[:place] + dice.choice(LETTERS) + text[place:]
        if kind == 6:
            return text[8:17]
        if kind == 7:
            return text[2:8] + text[8:17]
        if kind == 8:
            return "".join(chr(ord(c) + 0xFEE0) for c in text)
        return code()

    def renamed(name):
        kind = dice.randrange(6)
        if kind == 5:
            return name.replace("（", "").replace("）", "")
        if kind == 0:
            return name.replace("（", "(").replace("）", ")")
        if kind == 1:
            return core(plain(name))
        if kind == 2:
            return name + " "
        return "" if kind == 3 else name

    wrong = {}
    for _ in range(strays):
        one = dice.choice(ids)
        wrong.setdefault(slip(one), one)
    wrong = {stray: one for stray, one in wrong.items() if stray not in known}
    names = {one: renamed(known[one]) for one in ids}
    for index, stray in enumerate(list(wrong)[: strays // 10]):
        name = known[wrong[stray]].replace("有限公司", "")
        if name not in known and name not in wrong:
            wrong[name] = wrong[stray]
            del wrong[stray]

    def write(table, heading, lines):
        with open(os.path.join(directory, table + ".csv"), "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([heading, *lines])

    def amount():
        return f"{dice.randrange(1, 10**7) / 1000:.3f}" if dice.random() < 0.95 else ""

    write("enterprises", ["enterprise_id", "name", "zone", "industry"], [[one, known[one], "Z", "C3511"] for one in ids])
    parts = {}
    for table in LEAD:
        parts[table] = [one for one in ids if dice.random() < 0.9] + [stray for stray in wrong if dice.random() < 0.5]
        dice.shuffle(parts[table])
    write("land", ["parcel_id", "enterprise_id", "area"], [[f"P{place}", one, amount()] for place, one in enumerate(parts["land"])])
    for table, column in (("output", "gross_output"), ("energy", "energy_tce")):
        lines = [[one, year, amount()] for one in parts[table] for year in (2024, 2025)]
        write(table, ["enterprise_id", "year", column], lines)
    lines = [[one, 2025, names.get(one) or names.get(wrong.get(one), ""), amount()] for one in parts["tax"]]
    write("tax", ["enterprise_id", "year", "企业名称", "tax_paid"], lines)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], *map(int, sys.argv[3:6]))
    else:
        print(json.dumps(expect(sys.argv[2]), ensure_ascii=False))
