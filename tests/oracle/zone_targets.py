"""The plans by hand: figures, targets, dates due, weights and ladder.

Thresholds are those of the documents: Zunyi, Quanzhou, Nanjing and Wuhan from the excerpts of the plans themselves; national zones from the
notices on 541 zones, 215 of 2023, and of 2024; the two ladders from the press. Where a plan is silent and this project chooses (margins of
"about", equal weights, the first and the last place of Zunyi's ladder), the choice is the one that the plan's own notes state.
"""
from fractions import Fraction

import land_rules
from zone_data import INFINITE, Open, growth, minus, of, over, share, times
from zone_plans import Target, above, is_leading

YI = 10000


def parcel(row, as_of):
    """Through the second reading of the rules on land."""
    return land_rules.Parcel({column: None if value is None else str(value) for column, value in row.items() if column not in ("holder", "labels", "land_price")}, as_of)


def done(row, column, as_of):
    return row.get(column) is not None and row[column] <= as_of


def land_state(row, as_of):
    """The furthest step of a parcel on its way into use; land approved and not supplied stays where its papers are. None: cannot be told."""
    if done(row, "approved_on", as_of) and not done(row, "supplied_on", as_of):
        return "expropriated" if done(row, "expropriated_on", as_of) else "approved"
    if done(row, "completed_on", as_of):
        since = row.get("holder", {}).get("production_on")
        return "producing" if since is not None and since <= as_of else "complete"
    started = parcel(row, as_of).started()
    if started is None:
        return None
    for state, holds in (("started", started), ("delivered", done(row, "delivered_on", as_of)), ("supplied", done(row, "supplied_on", as_of)), ("expropriated", done(row, "expropriated_on", as_of))):
        if holds:
            return state
    return None


def idle_state(row, as_of):
    """none, overdue, suspected, determined, or out of scope; None: cannot be told."""
    rules = {rule: value for rule, value, *_ in parcel(row, as_of).rules()}
    idle = land_rules.either(rules["IDLE-03"], rules["IDLE-07"])
    if not parcel(row, as_of).idle_rules_apply():
        return "out of scope"
    if idle is None:
        return None
    if idle:
        return "determined" if parcel(row, as_of).determined() else "suspected"
    return "overdue" if rules["IDLE-02"] else "none"


def both(*values):
    return land_rules.both(*values)


def has(table, column):
    """Does a table of the data have the column at all?"""
    return lambda unit: any(column in row for row in getattr(unit.city, table))


# ---- what several plans use ---------------------------------------------------------------------------------------------------
def is_above_scale(firm):
    return firm.get("above_scale")


def output(unit):
    return unit.sum("gross_output")


def tax(unit):
    return unit.sum("tax_evaluated")


def land(unit):
    return unit.sum("land_mu")


def last(figure):
    return lambda unit: None if unit.of_year(unit.year - 1) is None else figure(unit.of_year(unit.year - 1))


def growing(figure):
    return lambda unit: growth(figure(unit), last(figure)(unit))


def reported(*names, part=None):
    return lambda unit: unit.kpi(names, part)


def column(name):
    return lambda unit: unit.column(name)


def short(figure):
    """What is lacking to the goal."""
    return lambda unit, goal: minus(goal, figure(unit))


def more(upper, lower, factor=1):
    """Of a ratio: how much more of what stands above, with as much as there is below."""
    return lambda unit, goal: None if goal is None else minus(times(goal / factor, lower(unit)), upper(unit))


def years_later(day, years):
    return None if day is None else land_rules.add_years(day, years)


# ---- Zunyi ---------------------------------------------------------------------------------------------------------------------
class Zunyi:
    ID = "zunyi"
    KNOWN = 0.5
    DEFAULTS = {"land_share_tolerance": "5"}
    LADDER = [
        {"id": "first", "end": "top", "count": 1, "years": 1}, {"id": "limit", "end": "bottom", "count": 1, "years": 1}, {"id": "warning", "end": "bottom", "count": 1, "years": 2},
        {"id": "rectify", "end": "bottom", "count": 1, "years": 3}, {"id": "accountability", "end": "bottom", "count": 1, "years": 4}, {"id": "removal", "end": "bottom", "count": 1, "years": 5},
    ]
    TIERS = {f"{size}亿级": size * YI for size in (2000, 1000, 500, 100, 50)}

    @staticmethod
    def handed_over(row, as_of):
        return row.get("delivered_on") is None or row["delivered_on"] <= as_of

    @classmethod
    def available(cls, unit):
        return unit.rows("factories", cls.handed_over, lambda row: row["built_area"] if row.get("available_area") is None else row["available_area"])

    @classmethod
    def used(cls, unit):
        return unit.rows("factories", cls.handed_over, lambda row: row.get("used_area"))

    @classmethod
    def idle(cls, unit):
        return unit.rows("factories", lambda row, as_of: both(cls.handed_over(row, as_of), None if row.get("used_area") is None else row["used_area"] == 0))

    @classmethod
    def rented_large(cls, unit):
        def small(row):
            used, leased = row.get("used_area"), row.get("leased_area")
            return both(None if leased is None else leased > 0, None if None in (used, leased) else 2 * used < leased)
        return unit.rows("factories", lambda row, as_of: both(cls.handed_over(row, as_of), small(row)))

    @staticmethod
    def signed(unit):
        return unit.rows("agreements", lambda row, as_of: True)

    @staticmethod
    def complete(unit):
        """Investment per mu, output per mu, plot ratio, start and completion: a blank cell is a clause that is lacking."""
        clauses = ("investment_per_mu", "output_per_mu", "plot_ratio", "start_due_on", "complete_due_on")
        return unit.rows("agreements", lambda row, as_of: both(*(None if clause not in row else row[clause] is not None for clause in clauses)))

    @classmethod
    def tier_goal(cls, unit):
        return unit.column("gross_output_target") if unit.column("gross_output_target") is not None else cls.TIERS.get(unit.column("tier"))

    @staticmethod
    def average(unit):
        """Average yearly growth since the base year, in per cent."""
        base = unit.number("base_year")
        before = unit.of_year(int(base)) if base is not None else None
        now, then = output(unit), output(before) if before else of(None)
        if None in (now.known, then.known) or base >= unit.year or now.known <= 0 or then.known <= 0:
            return None
        rate = lambda above_, below_: Fraction(100 * (float(above_ / below_) ** (1 / (unit.year - int(base))) - 1))
        low = Fraction(-100) if then.high == INFINITE else rate(now.low, then.high)
        return Open(rate(now.known, then.known), low, INFINITE if now.high == INFINITE else rate(now.high, then.low))

    @staticmethod
    def for_business(unit):
        return minus(unit.column("construction_land"), unit.column("infrastructure_land"))

    @staticmethod
    def outside(city_kpi, column_):
        """Share of the zones' above-scale firms in a figure of the whole city that is reported in yi."""
        return lambda unit: share(unit.sum(column_, is_above_scale), times(YI, unit.kpi(city_kpi)))


def _zunyi():
    z, city = Zunyi, {"scope": "city"}
    dated = {"by": "end_year"}
    kpi_target = lambda id_, direction, goal, *names, **more_: Target(id_, reported(*names), direction, goal, take=short(reported(*names)), **more_)
    sizes = (50, 20, 10)
    class_of = lambda name: lambda unit: unit.column("project_class") == name if unit.column("project_class") in [f"{size}亿级" for size in sizes] else None
    has_factories = lambda unit: above(z.available(unit), 0)
    complete_share = lambda unit: share(z.complete(unit), z.signed(unit))
    factory_use = lambda unit: share(z.used(unit), z.available(unit))
    review = lambda unit: years_later(unit.column("last_review_on"), 2)
    days = lambda unit: None if review(unit) is None else Fraction((review(unit) - unit.as_of).days)
    return [
        Target("total-output", output, "at-least", 5500 * YI, yearly=True, take=short(output), **city, **dated),
        Target("average-growth", z.average, "at-least", 20, yearly=True, **city),
        Target("last-growth", growing(output), "at-least", 20, take=lambda unit, goal: minus(times(1 + goal / 100, last(output)(unit)), output(unit)), **city),
        kpi_target("industrial-investment", "above", 3600, "累计工业投资", "工业投资累计", **city, **dated),
        Target("above-scale-firms", lambda unit: unit.counted(is_above_scale), "at-least", 1300, take=short(lambda unit: unit.counted(is_above_scale)), **city, **dated),
        Target("above-scale-output-share", z.outside(("全市规上工业总产值", "全市规模以上工业总产值"), "gross_output"), "at-least", 90, **city),
        Target("above-scale-value-added-share", z.outside(("全市规上工业增加值", "全市规模以上工业增加值"), "value_added"), "at-least", 90, **city),
        *(kpi_target(f"zones-{size}", "at-least", wanted, f"{size}亿级开发区达标数", **city, **dated) for size, wanted in ((2000, 1), (1000, 1), (500, 2), (100, 7), (50, 5))),
        kpi_target("plants-in-zones", "at-most", 0, "区外新建工业项目数", **city),
        Target("tier-output", output, "at-least", z.tier_goal, when=lambda unit: unit.column("tier") is not None or unit.column("gross_output_target") is not None, yearly=True, weight=1, take=short(output), **dated),
        *(kpi_target(f"projects-{size}", "at-least", 5, f"新引进{size}亿级项目数", f"{size}亿级新项目", when=class_of(f"{size}亿级"), weight=1, **dated) for size in sizes),
        Target("output-intensity", lambda unit: over(output(unit), unit.column("industrial_land")), "at-least", lambda unit: {"national": 500, "provincial": 300}.get(unit.column("level")),
               when=lambda unit: None if unit.column("level") is None else unit.column("level") in ("national", "provincial"), yearly=True, weight=1, take=more(output, column("industrial_land"))),
        Target("industrial-land-share", lambda unit: share(unit.column("industrial_land"), z.for_business(unit)), "about", 70, tolerance=lambda unit: unit.number("land_share_tolerance"), weight=1,
               take=more(column("industrial_land"), z.for_business, 100)),
        kpi_target("exit-mechanism", "at-least", 1, "已建立低效用地退出机制"),
        kpi_target("no-extra-price", "at-most", 0, "提高容积率增收地价宗数"),
        Target("agreements-complete", complete_share, "at-least", 100, when=lambda unit: above(z.signed(unit), 0), weight=1, take=more(z.complete, z.signed, 100)),
        kpi_target("graded-standards", "at-least", 4, "已制定的分级标准项数"),
        kpi_target("lead-industry", "about", 1, "主导产业数", tolerance=0),
        kpi_target("potential-industries-least", "at-least", 2, "潜力产业数"),
        kpi_target("potential-industries-most", "at-most", 3, "潜力产业数"),
        Target("factory-use", factory_use, "at-least", 90, when=has_factories, weight=1, take=more(z.used, z.available, 100)),
        Target("idle-factories", z.idle, "at-most", 0, when=has_factories, take=short(z.idle)),
        Target("rents-large", z.rented_large, "at-most", 0, when=has_factories, weight=1, take=short(z.rented_large)),
        kpi_target("no-new-factories", "at-most", 0, "新增标准厂房指标"),
        kpi_target("zombies-cleared", "at-most", 0, "未清理僵尸企业数", weight=1),
        Target("review-in-time", days, "at-least", 0, take=short(days)),
        Target("monthly-dispatch", reported("本年月调度次数", part=""), "at-least", 12, by_day="12-31", take=short(reported("本年月调度次数", part=""))),
        *(Target(f"report-{month}", reported("报告已报送", part=quarter), "at-least", 1, by_day=day, take=short(reported("报告已报送", part=quarter)))
          for month, quarter, day in (("march", "Q1", "03-31"), ("june", "Q2", "06-30"), ("september", "Q3", "09-30"), ("december", "Q4", "12-31"))),
    ], {"evaluation": review}


Zunyi.TARGETS, Zunyi.REVIEWS = _zunyi()
Zunyi.FIGURES = {
    "land": land, "output": output, "tax": tax, "above_scale_output": lambda unit: unit.sum("gross_output", is_above_scale), "above_scale_value_added": lambda unit: unit.sum("value_added", is_above_scale),
    "above_scale_firms": lambda unit: unit.counted(is_above_scale), "factory_available": Zunyi.available, "factory_used": Zunyi.used, "idle_factories": Zunyi.idle, "rented_large": Zunyi.rented_large,
    "agreements_signed": Zunyi.signed, "agreements_complete": Zunyi.complete,
}


# ---- Quanzhou ------------------------------------------------------------------------------------------------------------------
class Quanzhou:
    ID = "quanzhou-taiwan-zone"
    KNOWN = 0.5
    DEFAULTS = {}
    LADDER, REVIEWS = [], {}

    @staticmethod
    def owned(row):
        return row.get("tenure") in (None, "owned")

    @classmethod
    def large(cls, unit):
        return unit.rows("land", lambda row, as_of: both(cls.owned(row), None if row["area"] is None else row["area"] >= 100))

    @classmethod
    def supplied(cls, test):
        """Parcels supplied of which something holds."""
        return lambda unit: unit.rows("land", lambda row, as_of: both(cls.owned(row), done(row, "supplied_on", as_of), test(row)))

    @staticmethod
    def by_steps(row):
        return None if row.get("term_years") is None else row["term_years"] in (10, 20, 30, 40, 50)

    @staticmethod
    def over_50(row):
        return None if row.get("term_years") is None else row["term_years"] > 50

    @staticmethod
    def under_cost(row):
        price, cost = row.get("land_price"), row.get("land_cost")
        return None if None in (price, cost) else price < cost

    @staticmethod
    def under_floor(row):
        """Under the floor; encouraged and key projects: under 70 % of it."""
        price, least, reduced = row.get("land_price"), row.get("price_floor"), row.get("floor_reduced")
        if None in (price, least):
            return None
        if price >= least or 10 * price < 7 * least:
            return price < least
        return None if reduced is None else not reduced


def _quanzhou():
    q = Quanzhou
    granted, steps = q.supplied(lambda row: True), q.supplied(q.by_steps)
    checked = lambda id_, name: Target(id_, lambda unit: share(unit.kpi([name]), q.large(unit)), "at-least", 100, when=lambda unit: above(q.large(unit), 0), weight=1,
                                       take=more(reported(name), q.large, 100))
    kpi_target = lambda id_, direction, goal, name, **more_: Target(id_, reported(name), direction, goal, take=short(reported(name)), **more_)
    counted = lambda id_, test: Target(id_, q.supplied(test), "at-most", 0, when=lambda unit: above(granted(unit), 0), weight=1, take=short(q.supplied(test)))
    in_states = lambda states: lambda unit: unit.land_in(land_state, states)
    idle = lambda unit: unit.land_in(idle_state, ("suspected", "determined"))
    left = lambda id_, figure, setting: Target(id_, figure, "at-most", lambda unit: unit.number(setting), weight=1, take=short(figure))
    listed, carried = reported("清单措施数"), reported("已落实措施数")
    figures = {"large_sites": q.large, "granted": granted, "granted_by_steps": steps, "terms_over_50": q.supplied(q.over_50), "under_cost": q.supplied(q.under_cost), "under_floor": q.supplied(q.under_floor),
               "not_expropriated": in_states(["approved"]), "not_supplied": in_states(["expropriated"]), "not_used": in_states(["supplied", "delivered"]), "idle": idle}
    return [
        checked("large-sites-prereview", "大宗用地预审从严审核数"), checked("large-sites-conversion", "大宗用地农转用从严审核数"), checked("large-sites-supply", "大宗用地供地从严审核数"),
        kpi_target("no-banned-industry", "at-most", 0, "禁止类项目供地宗数", weight=1),
        Target("flexible-terms", lambda unit: share(steps(unit), granted(unit)), "at-least", 100, when=lambda unit: above(granted(unit), 0), weight=1, take=more(steps, granted, 100)),
        counted("terms-within-50", q.over_50), counted("price-covers-cost", q.under_cost), counted("price-covers-floor", q.under_floor),
        kpi_target("no-extra-price", "at-most", 0, "提高容积率增收地价宗数", weight=1), kpi_target("titles-whole", "at-most", 0, "兴办服务业分割产权宗数", weight=1),
        left("not-expropriated", figures["not_expropriated"], "not_expropriated_most"), left("not-supplied", figures["not_supplied"], "not_supplied_most"), left("not-used", figures["not_used"], "not_used_most"),
        left("low-use", reported("低效用地面积"), "low_use_most"), left("idle", idle, "idle_most"),
        Target("inventory", reported("存量土地清查次数"), "at-least", lambda unit: unit.number("inventories_a_year"), by_day="12-31", take=short(reported("存量土地清查次数"))),
        Target("project-list", lambda unit: share(carried(unit), listed(unit)), "at-least", 100, when=lambda unit: above(listed(unit), 0), weight=1, take=more(carried, listed, 100)),
    ], figures


Quanzhou.TARGETS, Quanzhou.FIGURES = _quanzhou()


# ---- Nanjing -------------------------------------------------------------------------------------------------------------------
class Nanjing:
    ID = "nanjing-etdz"
    KNOWN = None
    DEFAULTS = {"growth_tolerance": "2"}
    LADDER, REVIEWS = [], {}


def _nanjing():
    in_chains = lambda unit: unit.sum("main_revenue", lambda firm: firm.get("chain") is not None)
    leading = lambda unit: unit.counted(is_leading)
    grown = lambda id_, scope: Target(id_, growing(in_chains), "at-least", lambda unit: minus(20, unit.number("growth_tolerance")), scope=scope,
                                      take=lambda unit, goal: minus(times(1 + goal / 100, last(in_chains)(unit)), in_chains(unit)))
    wanted = lambda id_, goal, name, part=None, **more_: Target(id_, reported(name, part=part), "at-least", goal, scope="city", take=short(reported(name, part=part)), **more_)
    return [
        grown("chain-growth", "chain"), grown("total-growth", "city"),
        wanted("chains", 8, "产业链条数"), wanted("chains-national", 2, "国家级影响力产业链数"), wanted("chains-provincial", 3, "省级影响力产业链数"), wanted("chains-city", 3, "市级影响力产业链数"),
        Target("leading-firms", leading, "at-least", 12, scope="city", take=short(leading)),
        wanted("chain-meetings", 4, "产业链季度会议次数", "", by_day="12-31"),
        *(wanted(f"statistics-q{quarter}", 1, "产业链季度统计完成", f"Q{quarter}") for quarter in (1, 2, 3, 4)),
    ], {"land": land, "output": output, "tax": tax, "main_revenue": in_chains, "leading_firms": leading}


Nanjing.TARGETS, Nanjing.FIGURES = _nanjing()


# ---- Wuhan ---------------------------------------------------------------------------------------------------------------------
class Wuhan:
    ID = "wuhan-donghu"
    KNOWN = None
    DEFAULTS = {}
    LADDER, REVIEWS, FIGURES = [], {}, {}
    TARGETS = [
        Target(id_, reported(name), direction, goal, scope="city", by=by, take=short(reported(name)))
        for id_, name, direction, goal, by in (
            ("economy", "经济总量", "above", 5000, 2025), ("rd-growth", "研发投入增速", "at-least", 14, None), ("high-tech-firms", "高新技术企业数", "at-least", 10000, 2025),
            ("market-entities", "市场主体数", "above", 200000, 2025), ("listed-firms", "上市企业数", "at-least", 100, 2025), ("optoelectronics", "光电子信息产业规模", "at-least", 5000, 2025),
            ("life-health", "生命健康产业规模", "above", 3000, 2025))
    ]


# ---- national zones ------------------------------------------------------------------------------------------------------------
class National:
    ID = "national-etdz-land"
    KNOWN = 0.5
    DEFAULTS = {"edition": "541", "derived_tolerance": "0.05", "chain_tolerance": "0.02"}
    LADDER, REVIEWS, FIGURES = [], {}, {}
    # By notice: 541 zones, 215 of 2023, 2024 (derived figures, let off by the tolerance).
    MEANS = {
        "development": {"541": "89.46", "2021": "89.66", "2024": "91.9~"}, "supply": {"541": "92.68", "2021": "92.84"}, "built-up": {"541": "92.77", "2021": "92.47", "2024": "92.8~"},
        "industrial-share": {"541": "48.52", "2021": "47.78"}, "plot-ratio": {"541": "0.98", "2024": "1.06"}, "density": {"2024": "33.87"}, "industrial-plot-ratio": {"541": "0.93"},
        "investment": {"541": "8984.3"}, "industrial-tax": {"541": "678.99"}, "all-tax": {"541": "539.96"},
    }

    @classmethod
    def mean(cls, indicator):
        def goal(unit):
            text = cls.MEANS[indicator].get(unit.setting("edition"))
            if text is None:
                return None
            return Fraction(text[:-1]) - unit.number("derived_tolerance") if text.endswith("~") else Fraction(text)
        return goal


def _national():
    c, m2, ha = column, Fraction(2000, 3), 15
    ratio = lambda id_, upper, lower, factor, with_take=True: Target(
        id_, lambda unit: times(factor, over(c(upper)(unit), c(lower)(unit))), "at-least", National.mean(id_), when=lambda unit: None if unit.column("level") is None else unit.column("level") == "national",
        weight=1, take=more(c(upper), c(lower), factor) if with_take else None)
    a_over_all = lambda unit: share(unit.column("built_land"), unit.column("buildable_land"))
    rates = [reported(name) for name in ("土地开发率", "土地供应率", "土地建成率")]
    product = lambda unit: times(times(rates[0](unit), rates[1](unit)), over(rates[2](unit), 10000))
    return [
        ratio("development", "developed_land", "buildable_land", 100), ratio("supply", "supplied_land", "developed_land", 100), ratio("built-up", "built_land", "supplied_land", 100),
        ratio("industrial-share", "industrial_land", "built_land", 100), ratio("plot-ratio", "zone_floor_area", "built_land", 1 / m2, False), ratio("density", "zone_footprint", "built_land", 100 / m2, False),
        ratio("industrial-plot-ratio", "industrial_floor_area", "industrial_land", 1 / m2, False), ratio("investment", "industrial_investment", "industrial_land", ha),
        ratio("industrial-tax", "industrial_tax", "industrial_land", ha), ratio("all-tax", "business_tax", "built_land", ha),
        Target("idle-rate", lambda unit: share(unit.column("idle_land"), unit.column("supplied_land")), "at-most", 0, weight=1, take=more(c("idle_land"), c("supplied_land"), 100)),
        Target("chain-of-rates", lambda unit: minus(product(unit), a_over_all(unit)), "about", 0, tolerance=lambda unit: unit.number("chain_tolerance")),
    ]


National.TARGETS = _national()


# ---- two ladders ---------------------------------------------------------------------------------------------------------------
def _by_official_score(id_, ladder):
    official = reported("综合考评得分", "考核得分")
    return type(id_, (), {"ID": id_, "KNOWN": 1, "DEFAULTS": {"full_marks": "100"}, "LADDER": ladder, "REVIEWS": {}, "FIGURES": {},
                          "TARGETS": [Target("official-score", official, "at-least", lambda unit: unit.number("full_marks"), weight=1, take=short(official))]})


Exit = _by_official_score("etdz-exit", [{"id": "removal", "end": "bottom", "count": 5, "years": 2}])
Zhejiang = _by_official_score("zhejiang-zones-2021", [{"id": "interview", "end": "bottom", "count": 5, "years": 1}, {"id": "rectify", "end": "bottom", "count": 5, "years": 3}])

PLANS = [Zunyi, Quanzhou, Nanjing, Wuhan, National, Exit, Zhejiang]
