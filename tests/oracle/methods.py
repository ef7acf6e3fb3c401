#!/usr/bin/env python3
"""Published methods, each worked out a second time from the words of its document, to compare the program with.

In: a method, a data directory in canonical units, a year. Out: CSV, one row per enterprise, by id.
Where a document leaves a gap, this project's stand-ins hold: shares A 20, B 50, C 25, D 5; benchmarks are ratios of sums of the pool;
indicators of unknown weight weigh the same; what is missing cannot be assessed; equals get the better grade; cuts are rounded half-up.

    python3 methods.py METHOD DIR YEAR > expected.csv
"""
import csv
import sys

sys.dont_write_bytecode = True  # no traces beside the tests

import provinces
import zhejiang

METHODS = {
    "huangyan-2022": zhejiang.huangyan_2022,
    "linhai-2014": zhejiang.linhai_2014,
    "dongyang-clearing": zhejiang.dongyang_clearing,
    "jiangshan-2023": zhejiang.jiangshan_2023,
    "wenling-park-2022": zhejiang.wenling_park_2022,
    "cixi-2024": zhejiang.cixi_2024,
    "suichang-2022": zhejiang.suichang_2022,
    "jingde-2022": provinces.jingde_2022,
    "anhui-city-jiayibingding": provinces.anhui_city,
    "changle-2023": provinces.changle_2023,
    "huaian-2024": provinces.huaian_2024,
    "anyang-2018": provinces.anyang_2018,
    "zhengzhou-2018": provinces.zhengzhou_2018,
    "sichuan-2020": provinces.sichuan_2020,
}


def main():
    method, directory, year = sys.argv[1:4]
    columns = ["group", "place", "score", "grade", "outcome"]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["enterprise_id", *columns])
    rows = METHODS[method](directory, int(year))
    for key in sorted(rows):
        out.writerow([key, *("" if rows[key].get(column) is None else rows[key][column] for column in columns)])


if __name__ == "__main__":
    main()
