"""Samples of a guide's diagrams (指南图示样例): the process, and departments that handle one application together."""

from typing import Any

_BY = "海口市秀英区行政审批服务局"


def joint() -> dict[str, Any]:
    """Three departments, two side by side and one after both (联办部门)."""
    told = (
        ("区市场监督管理局", "3 个工作日", "受理后就开始", "0.00%", "42.86%", False),
        ("区消防救援大队", "5 个工作日", "受理后就开始", "0.00%", "71.43%", True),
        ("区城市管理局", "2 个工作日", "等区消防救援大队的意见", "71.43%", "28.57%", True),
    )
    rows = [
        {
            "name": name,
            "what": "看场所合不合要求",
            "days": days,
            "begins": begins,
            "lower": n == 2,
            "x": x,
            "width": width,
            "longest": longest,
        }
        for n, (name, days, begins, x, width, longest) in enumerate(told)
    ]
    columns = [{"label": label} for label in ("部门", "要多久", "什么时候开始")]
    table = {"columns": columns, "rows": [{"cells": [r["name"], r["days"], r["begins"]]} for r in rows]}
    return {"rows": rows, "table": table}


def process() -> dict[str, Any]:
    """A process with a step on the spot and a special procedure (流程)."""
    steps = [
        ("受理", 5, "0.00%", "25.00%", "材料不齐会一次告知"),
        ("审查", 15, "25.00%", "75.00%", "可能上门查看"),
        ("发证", 0, "100.00%", "0.00%", ""),
    ]
    words = {0: "当场办结"}
    return {
        "steps": [
            {
                "number": number,
                "name": name,
                "days": words.get(days, f"{days} 个工作日"),
                "x": x,
                "width": width,
                "what": what,
                "post": _BY,
                "spot": not days,
            }
            for number, (name, days, x, width, what) in enumerate(steps, 1)
        ],
        "special": [
            {"name": "检测", "days": "10 个工作日", "what": "水质检测", "basis": "行政许可法第四十五条"}
        ],
        "limits": {"law": "20 个工作日", "promise": "5 个工作日", "share": "25.00%"},
        "table": {
            "columns": [{"label": "环节"}, {"label": "要多久"}, {"label": "谁办"}, {"label": "做什么"}],
            "rows": [
                {"cells": [name, words.get(days, f"{days} 个工作日"), _BY, what]}
                for name, days, _x, _w, what in steps
            ],
        },
    }  # fmt: skip -- related values share a line
