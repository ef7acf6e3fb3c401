"""What `zones.py` rests on: the tables of one or several data sets as exact figures, and sums that know what they lack.

Written from docs/data.md and the issue, in fractions and as plainly as possible. Nothing here comes from the program.

An amount that some rows lack is an `Open`: what is known of it, and between which bounds the true figure lies.
"""
import csv
import re
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

MISSING = {"", "-", "/", "无", "N/A"}
HEADINGS = {
    "统一社会信用代码": "enterprise_id", "企业名称": "name", "开发区": "zone", "行业代码": "industry", "产业链": "chain", "规模以上": "above_scale",
    "注册日期": "registered_on", "投产日期": "production_on", "标签": "labels", "企业规模": "size", "停产日期": "stopped_on", "半停产日期": "half_stopped_on",
    "长期拖欠": "in_arrears", "靠补贴或续贷维持": "on_support", "资产负债率": "debt_ratio", "连续亏损年数": "loss_years",
    "宗地编号": "parcel_id", "用地面积": "area", "权属": "tenure", "批准日期": "approved_on", "征收完成日期": "expropriated_on",
    "供地日期": "supplied_on", "交地日期": "delivered_on", "约定动工日期": "start_due_on", "约定竣工日期": "complete_due_on", "施工许可日期": "permit_on",
    "动工日期": "started_on", "竣工日期": "completed_on", "基础类型": "foundation", "基础完成比例": "foundation_done", "停工日期": "suspended_on",
    "已动工面积": "developed_area", "应动工面积": "due_area", "已投资额": "invested", "总投资额": "invest_total", "土地价款": "land_price",
    "出让年限": "term_years", "闲置原因": "cause", "原因已核实": "cause_verified", "处置方式": "disposal", "重新约定动工日期": "new_start_due_on",
    "建筑面积": "floor_area", "计容建筑面积": "counted_floor_area", "建筑占地": "footprint", "构筑物占地": "structure_area", "堆场": "yard_area",
    "固定资产投资总额": "fixed_investment", "约定容积率": "agreed_plot_ratio", "认定书文号": "determination_no", "认定日期": "determined_on",
    "补充协议动工日期": "supplement_start_on", "延期截止日期": "extended_to", "供地成本": "land_cost", "出让最低价": "price_floor", "可按最低价70%": "floor_reduced",
    "年度": "year", "季度": "quarter", "月份": "month", "工业总产值": "gross_output", "营业收入": "revenue", "主营业务收入": "main_revenue",
    "工业增加值": "value_added", "利润总额": "profit", "研发经费": "rd_expense", "固定资产投资": "fixed_assets", "实缴税收": "tax_paid", "评价税收": "tax_evaluated", "综合能耗": "energy_tce",
    "级别": "level", "建设用地": "construction_land", "基础设施及公共服务用地": "infrastructure_land", "工业用地": "industrial_land", "已供应用地": "supplied_land",
    "已开发用地": "developed_land", "已建成用地": "built_land", "产值目标": "gross_output_target", "规模档次": "tier", "上次考核日期": "last_review_on",
    "可建设用地": "buildable_land", "住宅用地": "residential_land", "高新技术产业用地": "high_tech_land", "闲置土地": "idle_land", "总建筑面积": "zone_floor_area", "建筑基底面积": "zone_footprint",
    "工业建筑面积": "industrial_floor_area", "工业建筑、构筑物和堆场占地": "industrial_covered_area", "工业企业累计固定资产投资": "industrial_investment", "工业企业税收": "industrial_tax",
    "二三产业税收": "business_tax", "常住人口": "residents", "重大项目档次": "project_class",
    "厂房编号": "building_id", "建成面积": "built_area", "可用面积": "available_area", "出租面积": "leased_area", "使用面积": "used_area", "交付日期": "delivered_on",
    "协议编号": "agreement_id", "约定亩均投资": "investment_per_mu", "约定亩均产值": "output_per_mu", "约定亩均税收": "tax_per_mu", 
    "期间": "period", "时期": "period", "指标": "indicator", "数值": "value", "单位": "unit", "来源": "source",
}
WORDS = {
    "tenure": {"自有": "owned", "租入": "leased_in", "租出": "leased_out"},
    "level": {"国家级": "national", "省级": "provincial", "其他": "other"},
    "size": {"大型": "large", "中型": "medium", "小型": "small", "微型": "micro"},
    "foundation": {"基坑": "pit", "桩基": "pile", "其他": "other"},
    "quarter": {"Q1": "1", "Q2": "2", "Q3": "3", "Q4": "4", "一季度": "1", "二季度": "2", "三季度": "3", "四季度": "4"},
}
TRUTHS = {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False}
TRUE_OR_FALSE = {"above_scale", "in_arrears", "on_support", "cause_verified", "floor_reduced"}
TEXTS = {"enterprise_id", "name", "zone", "industry", "chain", "labels", "size", "tenure", "parcel_id", "foundation", "cause", "disposal", "level", "tier", "project_class", "determination_no", "building_id", "agreement_id",
         "period", "indicator", "unit", "source"}
FLOWS = ["gross_output", "revenue", "main_revenue", "value_added", "profit", "rd_expense", "fixed_assets", "tax_paid", "tax_evaluated", "energy_tce"]
QUARTERS = {"H1": (1, 2), "H2": (3, 4), "Q1": (1,), "Q2": (2,), "Q3": (3,), "Q4": (4,)}
PERIODS = [
    (re.compile(r"(\d{4})年?"), lambda found: ""),
    (re.compile(r"(\d{4})(?:H|年?上半年|年?下半年)([12]?)"), lambda found: "H" + (found[2] or ("1" if "上" in found[0] else "2"))),
    (re.compile(r"(\d{4})(?:Q|年?第?)([1-4一二三四])(?:季度)?"), lambda found: "Q" + str("1234".find(found[2]) + 1 or "一二三四".find(found[2]) + 1)),
    (re.compile(r"(\d{4})(?:-|年|M)(\d{1,2})月?"), lambda found: f"M{int(found[2]):02}"),
]
INFINITE = float("inf")


# ---- amounts -----------------------------------------------------------------------------------------------------------------
class Open:
    """A figure: what is known of it (None: nothing), and bounds. A figure of which nothing is open has equal bounds."""

    def __init__(self, known, low=None, high=None):
        self.known = known
        self.low = known if low is None else low
        self.high = known if high is None else high

    def is_settled(self):
        return self.known is not None and self.low == self.high

    def __repr__(self):
        return f"Open({self.known}, {self.low}, {self.high})"


NOTHING = Open(None, -INFINITE, INFINITE)


def of(figure):
    if isinstance(figure, Open):
        return figure
    return NOTHING if figure is None else Open(Fraction(figure))


def product(left, right):
    return Fraction(0) if left == 0 or right == 0 else left * right


def join(left, right, known, bounds):
    """Of two figures: the known of both, and the least and the most that their bounds allow."""
    value = None if left.known is None or right.known is None else known(left.known, right.known)
    if value is None:
        return NOTHING
    ends = bounds(left, right)
    return Open(value, min(ends), max(ends))


def plus(left, right):
    left, right = of(left), of(right)
    return join(left, right, lambda a, b: a + b, lambda a, b: [a.low + b.low, a.high + b.high])


def minus(left, right):
    left, right = of(left), of(right)
    return join(left, right, lambda a, b: a - b, lambda a, b: [a.low - b.high, a.high - b.low])


def times(left, right):
    left, right = of(left), of(right)
    return join(left, right, lambda a, b: a * b, lambda a, b: [product(x, y) for x in (a.low, a.high) for y in (b.low, b.high)])


def over(above, below):
    """A quotient; nothing by zero, and nothing is known of one whose divisor may lie on both sides of it."""
    above, below = of(above), of(below)
    if above.known is None or below.known is None or below.known == 0:
        return NOTHING
    if below.low <= 0 <= below.high and below.low != below.high and below.low < 0:
        return Open(above.known / below.known, -INFINITE, INFINITE)

    def ends(a, b):
        found = []
        for x in (a.low, a.high):
            for y in (b.low, b.high):
                if abs(y) == INFINITE:
                    found.append(Fraction(0))
                elif y == 0:
                    found.append(INFINITE if x > 0 else -INFINITE if x < 0 else Fraction(0))
                else:
                    found.append(x if abs(x) == INFINITE and y > 0 else x / y)
        return found
    return join(above, below, lambda a, b: a / b, ends)


def share(above, below):
    return times(100, over(above, below))


def growth(now, before):
    """In per cent."""
    return times(100, minus(over(now, before), 1))


# ---- reading -----------------------------------------------------------------------------------------------------------------
def cell(column, text):
    text = text.strip()
    if text in MISSING:
        return None
    text = WORDS.get(column, {}).get(text, text)
    if column in TRUE_OR_FALSE:
        return TRUTHS[text]
    if column in ("year", "quarter", "month"):
        return int(re.sub(r"[年度月]|季度", "", text))
    if column in TEXTS:
        return text
    if column.endswith("_on"):
        return date.fromisoformat(text)
    return Fraction(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def read(directory, table):
    path = Path(directory) / f"{table}.csv"
    if not path.exists():
        return []
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    headings = [re.sub(r"[（(].*", "", heading).strip() for heading in rows[0]]
    headings = [HEADINGS.get(heading, heading) for heading in headings]
    if table == "agreements":
        headings = ["plot_ratio" if heading == "agreed_plot_ratio" else heading for heading in headings]
    return [{column: cell(column, text) for column, text in zip(headings, row)} for row in rows[1:] if any(row)]


def period(text):
    """Year and part of a period: 2025, 2025年, 2025H1, 2025年上半年, 2025Q3, 2025年三季度, 2025-06."""
    for form, part in PERIODS:
        found = form.fullmatch(text)
        if found:
            return int(found[1]), part(found)
    raise ValueError(text)


class Flows:
    """What enterprises report of years, quarters and months."""

    def __init__(self):
        self.cells, self.known = {}, {}

    def add(self, key, row):
        month, quarter = row.get("month"), row.get("quarter")
        when = ("M", month) if month else ("Q", quarter) if quarter else ("Y", 0)
        if "tax_paid" in row and row.get("tax_evaluated") is None:
            row["tax_evaluated"] = row["tax_paid"]
        for column in FLOWS:
            if row.get(column) is not None:
                self.cells[key, row["year"], when, column] = row[column]

    def quarter(self, key, year, quarter, column):
        own = self.cells.get((key, year, ("Q", quarter), column))
        return own if own is not None else self.sum(self.cells.get((key, year, ("M", 3 * quarter - back), column)) for back in range(3))

    def figure(self, key, year, part, column):
        about = key, year, part, column
        if about not in self.known:
            self.known[about] = self.added(*about)
        return self.known[about]

    def added(self, key, year, part, column):
        if part:
            return self.sum(self.quarter(key, year, quarter, column) for quarter in QUARTERS[part])
        own = self.cells.get((key, year, ("Y", 0), column))
        return own if own is not None else self.sum(self.quarter(key, year, quarter, column) for quarter in range(1, 5))

    @staticmethod
    def sum(parts):
        parts = list(parts)
        return None if None in parts else sum(parts)


def held(rows, year):
    """Land held: owned + leased in - leased out; one blank area leaves it unknown."""
    latest = {}
    for row in rows:
        key = row["parcel_id"], row.get("tenure") or "owned"
        if (row.get("year") or 0) <= year and (row.get("year") or 0) >= (latest[key].get("year") or 0 if key in latest else 0):
            latest[key] = row
    areas = [None if row["area"] is None else -row["area"] if key[1] == "leased_out" else row["area"] for key, row in latest.items()]
    return Flows.sum(areas) if areas else None


class City:
    """Several data sets as one. Enterprises are told apart by data set and id."""

    def __init__(self, directories):
        self.flows, self.enterprises, self.land, self.factories, self.agreements = Flows(), {}, [], [], []
        self.zone_rows, self.kpis, self.groups = defaultdict(list), {}, {}
        years = set()
        for number, directory in enumerate(directories):
            for row in read(directory, "enterprises"):
                row["labels"] = set(re.split("[;；]", row.get("labels") or "")) - {""}
                row["division"] = "".join(re.findall(r"\d", row.get("industry") or ""))[:2] or None
                row["land_rows"] = []
                self.enterprises[number, row["enterprise_id"]] = row
            for table in ("output", "tax", "energy"):
                for row in read(directory, table):
                    years.add(row["year"])
                    self.flows.add((number, row["enterprise_id"]), row)
            for row in read(directory, "land"):
                holder = self.enterprises.get((number, row["enterprise_id"]))
                if holder:
                    holder["land_rows"].append(row)
                    row["zone"] = row.get("zone") or holder["zone"]
                    row["holder"] = holder
                self.land.append(row)
            self.factories += read(directory, "factories")
            parcels = [row for row in self.land]
            for row in read(directory, "agreements"):
                parcel = next((land for land in parcels if land["parcel_id"] == row.get("parcel_id")), None)
                firm = self.enterprises.get((number, row.get("enterprise_id")))
                row["zone"] = (parcel or {}).get("zone") or (firm or {}).get("zone")
                self.agreements.append(row)
            for row in read(directory, "zones"):
                self.zone_rows[row["zone"]].append(row)
            for row in read(directory, "kpi"):
                year, part = period(row["period"])
                self.kpis[row.get("zone"), year, part, row["indicator"]] = row["value"]
        self.years = sorted(years)
        names = {row["zone"] for rows in (self.enterprises.values(), self.land, self.factories) for row in rows if row.get("zone")}
        self.zones = sorted(names | set(self.zone_rows))
        self.chains = sorted({row["chain"] for row in self.enterprises.values() if row.get("chain")})

    def members(self, scope, name):
        """The enterprises of a zone, of a chain, or all."""
        if (scope, name) not in self.groups:
            self.groups[scope, name] = [(key, firm) for key, firm in self.enterprises.items() if scope == "city" or firm.get(scope) == name]
        return self.groups[scope, name]

    def zone(self, name, year):
        """What the table of zones says of one in a year."""
        rows = [row for row in self.zone_rows[name] if (row.get("year") or 0) <= year]
        return max(rows, key=lambda row: row.get("year") or 0, default={})

    def land_of(self, enterprise, year):
        return held(enterprise["land_rows"], year)

    def kpi(self, zone, year, part, names):
        found = [self.kpis.get((zone, year, part, name)) for name in names]
        return max((value for value in found if value is not None), default=None)
