#!/usr/bin/env python3
"""A random city of two data sets, to compare the program with `zones.py`: a plain one and one that reports by quarter and month.

In: a directory, enterprises in each data set, a seed. Out: DIR/a and DIR/b with Chinese headings, five years, gaps, enterprises registered
later, refunds, land in every state, factories, agreements, zones by year, and key figures on, just under and just over what the plans ask.
Even seeds leave no gaps; every fourth grows fast, every fifth has no plot ratios in its agreements. The same arguments give the same bytes.

    python3 make_zones.py DIR N SEED
"""
import csv
import random
import sys
from datetime import date, timedelta
from pathlib import Path

YEARS = [2021, 2022, 2023, 2024, 2025]
CHAINS = {"集成电路": 1.18, "新能源": 1.25, "新材料": 1.179, "生物医药": 1.05, "高端装备": None, "现代纺织": None, "汽车零部件": None, "绿色食品": None, "": None}
INDUSTRIES = ["C1361", "C1713", "C2669", "C2720", "C2929", "C3311", "C3421", "C3484", "C3562", "C3670", "C3831", "C3973", "", "35"]
ZONES = {"a": ["甲一开发区", "甲二开发区", "甲三开发区", "甲四工业园", "甲五工业园"], "b": ["乙一开发区", "乙二开发区", "乙三开发区", "乙四工业园"]}
TIDY = {"甲一开发区", "甲四工业园", "乙一开发区", "乙四工业园"}  # nothing is blank there
LEVELS = ["国家级", "省级", "国家级", "其他", "省级"]
TIERS = ["100亿级", "50亿级", "", "50亿级", "500亿级"]
# indicator: what is drawn from; None is a figure not reported
OF_ZONES = {
    "新引进50亿级项目数": [3, 4, 5, 6, None], "20亿级新项目": [0, 2, 4, 4, 5, None], "新引进10亿级项目数": [3, 4, 4, 5, None], "已建立低效用地退出机制": [0, 1, None], "提高容积率增收地价宗数": [0, 0, 2, None],
    "已制定的分级标准项数": [3, 4, 5, None], "主导产业数": [0, 1, 1, 2, None], "潜力产业数": [1, 2, 3, 4, None], "新增标准厂房指标": [0, 0.5, None], "未清理僵尸企业数": [0, 0, 3, None], "本年月调度次数": [11, 12, None],
    "土地开发率": [89.46, 95.97, "own", "own", "own", None], "土地供应率": [92.68, "own", "own", "own"], "土地建成率": [92.77, "own", "own", "own"], "低效用地面积": [0, 40, 80.5, None], "大宗用地预审从严审核数": [0, 2, 30, None], "大宗用地农转用从严审核数": [1, 30, None],
    "大宗用地供地从严审核数": [0, 30, None], "禁止类项目供地宗数": [0, 0, 1, None], "兴办服务业分割产权宗数": [0, 1, None], "存量土地清查次数": [1, 2, None], "清单措施数": [0, 10, 20, None], "已落实措施数": [0, 10, 9, None],
    "综合考评得分": [60, 70, 70, 80, 99.999999, 100, None],
}
OF_CITY = {
    "累计工业投资": [1500, 2600, 3599.99, 3600, 3600.01, None], "全市规上工业总产值": [100, 500, 10000, None], "全市规上工业增加值": [30, 120, 9000, None], "2000亿级开发区达标数": [0, 1, None], "1000亿级开发区达标数": [0, 1, 2, None],
    "500亿级开发区达标数": [1, 2, None], "100亿级开发区达标数": [4, 6, 7, None], "50亿级开发区达标数": [3, 5, None], "区外新建工业项目数": [0, 1, 2, None, None], "产业链条数": [7, 8, None], "国家级影响力产业链数": [1, 2, None],
    "省级影响力产业链数": [2, 3, None], "市级影响力产业链数": [2, 3, None], "产业链季度会议次数": [3, 4, None], "经济总量": [3000, 4200, 5000, 5000.1, None], "研发投入增速": [13.999999, 14, None],
    "高新技术企业数": [8000, 9900, 10000, None], "市场主体数": [150000, 200000, 200001, None], "上市企业数": [80, 99, 100, None], "光电子信息产业规模": [4000, 4999.99, 5000, None], "生命健康产业规模": [2500, 3000, 3000.01, None],
}
BY_QUARTER = ["报告已报送", "产业链季度统计完成"]
QUARTERS = ["{}Q{}", "{}年{}季度", "{}年第{}季度"]


class Maker:
    def __init__(self, folder, name, count, seed, draw):
        self.folder, self.name, self.seed, self.draw = Path(folder) / name, name, seed, draw
        self.rates = {}
        self.folder.mkdir(parents=True, exist_ok=True)
        self.zones = ZONES[name]
        self.firms = [self.firm(number) for number in range(1, count + 1)]

    def write(self, table, headings, rows):
        with open(self.folder / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([headings.split(","), *rows])

    def day(self, first, last):
        return date(first, 1, 1) + timedelta(self.draw.randint(0, (date(last, 12, 31) - date(first, 1, 1)).days))

    def gap(self, zone, share=0.01):
        return self.seed % 2 == 1 and zone not in TIDY and self.draw.random() < share

    def firm(self, number):
        draw, zone = self.draw, self.zones[number % len(self.zones)]
        registered = self.day(2000, 2020) if draw.random() < 0.9 else self.day(2021, 2026)
        return {
            "id": f"{self.name.upper()}{number:05}", "name": f"{zone[:2]}企业{number}", "zone": zone, "industry": draw.choice(INDUSTRIES), "chain": draw.choice(list(CHAINS)),
            "scale": "" if self.gap(zone, 0.02) else draw.choice(["是", "是", "否"]), "registered": "" if draw.random() < 0.03 else registered, "production": registered + timedelta(draw.randint(200, 900)),
            "labels": ";".join(label for label, share in (("leading", 0.03), ("链主", 0.02), ("high_tech", 0.3)) if draw.random() < share),
        }

    def enterprises(self):
        rows = [[f["id"], f["name"], f["zone"], f["industry"], f["chain"], f["scale"], f["registered"], f["production"], f["labels"]] for f in self.firms]
        self.write("enterprises", "统一社会信用代码,企业名称,开发区,行业代码,产业链,规模以上,注册日期,投产日期,标签", rows)

    # ---- years, quarters, months ----
    def split(self, cents, parts):
        """Whole cents in so many parts that add up."""
        shares = [cents * self.draw.randint(80, 105) // (100 * parts) for _ in range(parts - 1)]
        return shares + [cents - sum(shares)]

    def yearly(self):
        output, tax = [], []
        for firm in self.firms:
            how = self.draw.choice(["year", "year", "quarter", "quarter", "both", "month"]) if self.name == "b" else "year"
            size, main = self.draw.randint(20000, 9000000), self.draw.randint(400, 80000) * 5000
            for year in YEARS:
                if firm["registered"] and firm["registered"].year > year and (self.draw.random() < 0.9 or self.seed % 2 == 0):
                    continue
                if self.gap(firm["zone"], 0.01):
                    continue
                size = size * self.draw.randint(*((119, 135) if self.seed % 4 == 0 else (95, 120))) // 100
                factor = CHAINS[firm["chain"]] or (1.22 if self.seed % 4 == 0 else None)
                main = main * round(factor * 1000) // 1000 if factor and year == 2025 else main if year == 2025 else main + 5000 * self.draw.randint(0, 20)
                figures = [size, main, size * self.draw.randint(-2, 35) // 100]
                self.add(output, firm, year, how, figures)
                self.add(tax, firm, year, how, [size * self.draw.randint(-1, 12) // 100])
        headings = "统一社会信用代码,年度," + ("季度,月份," if self.name == "b" else "")
        self.write("output", headings + "工业总产值（万元）,主营业务收入（万元）,工业增加值（万元）", output)
        self.write("tax", headings + "实缴税收（万元）", tax)
        keys = [[firm["id"], year] for firm in self.firms for year in YEARS[-2:]]
        self.write("energy", "统一社会信用代码,年度,综合能耗（吨标准煤）", [key + [self.draw.randint(10, 9000)] for key in keys])

    def add(self, rows, firm, year, how, figures):
        blank = lambda cents: "" if self.gap(firm["zone"], 0.02) else f"{cents / 100:.2f}"
        if self.name == "a":
            rows.append([firm["id"], year, *map(blank, figures)])
            return
        if how in ("year", "both"):
            rows.append([firm["id"], year, "", "", *map(blank, figures)])
        if how in ("quarter", "both"):
            for quarter, cells in enumerate(zip(*(self.split(cents, 4) for cents in figures)), 1):
                if not self.gap(firm["zone"], 0.005):
                    rows.append([firm["id"], year, quarter, "", *map(blank, cells)])
        if how == "month":
            for month, cells in enumerate(zip(*(self.split(cents, 12) for cents in figures)), 1):
                rows.append([firm["id"], year, "", month, *map(blank, cells)])

    # ---- land ----
    def land(self):
        rows, number = [], 0
        headings = ("宗地编号,统一社会信用代码,用地面积（亩）,权属,开发区,批准日期,征收完成日期,供地日期,交地日期,约定动工日期,施工许可日期,动工日期,竣工日期,基础类型,基础完成比例,停工日期,已动工面积（亩）,应动工面积（亩）,"
                    "已投资额（万元）,总投资额（万元）,认定书文号,认定日期,土地价款（万元）,供地成本（万元）,出让最低价（万元）,可按最低价70%,出让年限").split(",")
        for firm in self.firms:
            if self.gap(firm["zone"], 0.01):
                continue
            for _ in range(self.draw.choice([1, 1, 2])):
                number += 1
                rows.append(self.parcel(f"{self.name}P{number}", firm))
            if self.draw.random() < 0.05:
                rows.append([f"{self.name}P{number}", firm["id"], f"{self.draw.randint(1, 3) / 10}", "租出"] + [""] * (len(headings) - 4))
        for zone in self.zones:
            for _ in range(self.draw.randint(0, 3)):
                number += 1
                approved = self.day(2021, 2026)
                expropriated = self.draw.choice(["", approved + timedelta(200)])
                rows.append([f"{self.name}P{number}", "", self.draw.randint(5, 90), "", zone, approved, expropriated] + [""] * (len(headings) - 7))
        self.write("land", ",".join(headings), rows)

    def parcel(self, key, firm):
        draw = self.draw
        area = draw.choice([100, 99.99, draw.randint(200, 9000) / 100, draw.randint(10, 150)])
        approved = self.day(2005, 2024)
        state = draw.choice(["built"] * 12 + ["supplied", "delivered", "late", "started", "half", "unknown", "without papers"])
        supplied = "" if state == "without papers" else approved + timedelta(draw.randint(100, 400))
        row = dict.fromkeys(("delivered", "due", "permit", "started", "completed", "kind", "done", "stopped", "developed", "due_area", "invested", "total", "number", "determined"), "")
        later = lambda low, high: supplied + timedelta(draw.randint(low, high))
        if state == "without papers":
            row["completed"] = approved + timedelta(500)
        elif state == "built":
            row |= {"delivered": later(10, 60), "permit": later(90, 200), "started": later(200, 260), "completed": later(400, 900)}
        elif state != "supplied":
            row["delivered"] = later(10, 60)
            on = row["delivered"]
            row["due"] = draw.choice(["", *(day for day in (date(2024, 12, 31), date(2025, 1, 1), date(2023, 12, 31)) if day > on), later(200, 500)])
        if state in ("started", "half"):
            row |= {"permit": later(90, 200), "kind": draw.choice(["桩基", "基坑", "其他"]), "done": 1}
        if state == "half":
            row |= {"stopped": draw.choice([day for day in (date(2024, 12, 31), date(2025, 1, 1), date(2023, 6, 30)) if day > row["permit"]] or [later(300, 400)]), "developed": 3, "due_area": draw.choice([9, 9.01, ""]), "invested": 25, "total": draw.choice([100, 100.01])}
        if state == "unknown":
            row |= {"permit": later(90, 200), "developed": 1}
        if state == "late" and draw.random() < 0.4:
            row |= {"number": "闲认〔2025〕1号", "determined": draw.choice([date(2025, 6, 1), date(2026, 1, 1)])}
        price = area * draw.randint(20, 40)
        cost, least = price * draw.choice([0.8, 0.9, 1, 1, 1.01]), price * draw.choice([0.9, 0.95, 1, 1, 1.2, 10 / 7, 1.5])
        blank = lambda value: "" if self.gap(firm["zone"], 0.1) else value
        money = [f"{price:.2f}", blank(f"{cost:.2f}"), blank(f"{least:.2f}"), blank(draw.choice(["是", "否"]))] if supplied else [""] * 4
        term = blank(draw.choice([50, 50, 50, 50, 50, 40, 20, 35, 70])) if supplied else ""
        return [key, firm["id"], area, draw.choice(["", "自有"]), "", approved, approved + timedelta(90), supplied, row["delivered"], row["due"], row["permit"], row["started"], row["completed"], row["kind"], row["done"], row["stopped"],
                row["developed"], row["due_area"], row["invested"], row["total"], row["number"], row["determined"], *money, term]

    # ---- factories, agreements, zones, key figures ----
    def others(self):
        draw, rows = self.draw, []
        for zone in self.zones[1:]:
            for _ in range(draw.randint(1, 6)):
                built = draw.randint(10, 300) * 100
                available, leased = draw.choice(["", built, built * 9 // 10]), draw.choice([built, built // 2, 0, ""])
                used = "" if self.gap(zone, 0.25) else draw.choice([built * 9 // 10, (leased or built) // 2, 0, built])
                rows.append([f"{self.name}F{len(rows)}", zone, "", built, available, leased, used, draw.choice(["", self.day(2015, 2024), date(2026, 3, 1)])])
        self.write("factories", "厂房编号,开发区,统一社会信用代码,建成面积（平方米）,可用面积（平方米）,出租面积（平方米）,使用面积（平方米）,交付日期", rows)
        rows = []
        for firm in draw.sample(self.firms, max(6, len(self.firms) // 8)):
            start = self.day(2018, 2024)
            cells = [200, 300, 1.2, start, start + timedelta(500)]
            cells = cells[:2] + cells[3:] if self.seed % 5 == 0 else cells
            rows.append([f"{self.name}X{len(rows)}", firm["id"], *("" if self.gap(firm["zone"], 0.06) else cell for cell in cells)])
        ratio = "" if self.seed % 5 == 0 else "约定容积率,"
        self.write("agreements", f"协议编号,统一社会信用代码,约定亩均投资（万元/亩）,约定亩均产值（万元/亩）,{ratio}约定动工日期,约定竣工日期", rows)
        headings = ("开发区,开发区名称,级别,年度,建设用地（亩）,基础设施及公共服务用地（亩）,工业用地（亩）,已供应用地（亩）,已开发用地（亩）,已建成用地（亩）,产值目标（万元）,规模档次,上次考核日期,可建设用地（亩）,住宅用地（亩）,"
                    "闲置土地（亩）,总建筑面积（平方米）,建筑基底面积（平方米）,工业建筑面积（平方米）,工业企业累计固定资产投资（万元）,工业企业税收（万元）,二三产业税收（万元）,重大项目档次")
        self.write("zones", headings, [row for number, zone in enumerate(self.zones) for row in self.zone(zone, number)])

    def zone(self, zone, number):
        draw = self.draw
        for year in ([2021, 2024] if number % 2 else [""]):
            every = draw.randint(2000, 6000)
            developed, supplied = every * draw.choice([88, 89, 95, 100]) // 100, 0
            supplied = developed * draw.choice([92, 93, 99]) // 100
            built = supplied * draw.choice([92, 93, 98]) // 100
            business, outside = draw.choice([1000, 1600]), draw.randint(100, 500)
            industrial = business * draw.choice([65, 70, 75, 64.9, 75.1, 80]) / 100
            m2 = built * 2000 / 3
            self.rates[zone] = [round(100 * upper / lower, 2) for upper, lower in ((developed, every), (supplied, developed), (built, supplied))]
            cells = [business + outside, outside, industrial, supplied, developed, built, draw.choice(["", 300000, 2500000]), TIERS[number], draw.choice(["", date(2023, 12, 31), date(2023, 12, 30), date(2024, 5, 1)]), every, built // 6,
                     draw.choice([0, 12.5, ""]), round(m2 * draw.choice([0.9, 1.1])), round(m2 * draw.choice([0.3, 0.35])), round(industrial * 2000 / 3 * draw.choice([0.8, 1])), round(industrial * draw.choice([500, 600])),
                     round(industrial * draw.choice([40, 50])), round(built * draw.choice([30, 40])), ["50亿级", "20亿级", "10亿级", "", "20亿级"][number]]
            yield [zone, zone, LEVELS[number] if draw.random() < 0.95 else "", year] + ["" if self.gap(zone, 0.05) else cell for cell in cells]

    def kpi(self):
        draw, rows = self.draw, []
        for zone, indicators in [(zone, OF_ZONES) for zone in self.zones] + ([("", OF_CITY)] if self.name == "a" else []):
            for year in YEARS:
                for indicator, values in indicators.items():
                    value = draw.choice(values)
                    if value == "own":
                        value = self.rates[zone][["土地开发率", "土地供应率", "土地建成率"].index(indicator)]
                    rows.append([zone, draw.choice(["{}", "{}年"]).format(year), indicator, value])
                for indicator in BY_QUARTER:
                    for quarter in "1234":
                        form = draw.choice(QUARTERS)
                        rows.append([zone, form.format(year, quarter if "年" not in form else draw.choice([quarter, "一二三四"[int(quarter) - 1]])), indicator, draw.choice([0, 1, 1, None])])
        self.write("kpi", "开发区,期间,指标,数值", [row for row in rows if row[3] is not None])


def main():
    folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    draw = random.Random(seed)
    for name in ZONES:
        maker = Maker(folder, name, count, seed, draw)
        for make in (maker.enterprises, maker.yearly, maker.land, maker.others, maker.kpi):
            make()


if __name__ == "__main__":
    main()
