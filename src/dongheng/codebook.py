"""What each table in data/processed holds: one entry per column, from which the codebook is written.

A notebook may save only what stands here, column by column, so table and codebook cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dongheng.errors import DataError

TEXT, WHOLE, NUMBER = "text", "whole", "number"


@dataclass(frozen=True)
class Column:
    """One column: how it is stored, its unit, and what it means to a Korean reader."""

    kind: str
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """One table: the notebook that writes it, its Korean title, what one row is, its columns in order."""

    notebook: str
    title: str
    row: str
    columns: dict[str, Column]


_YEAR = Column(WHOLE, "연도")
_POINTS = "점(기준연도=100)"
MARK = "mark"  # the column that every table of an illustrative study has at its end

TABLES = {
    "indicators": Table(
        "02_index_computation",
        "지표와 점수",
        "지표 하나, 연도 하나",
        {
            "indicator_id": Column(TEXT, "지표 번호"),
            "year": _YEAR,
            "area_id": Column(TEXT, "영역"),
            "area": Column(TEXT, "영역 이름"),
            "name": Column(TEXT, "지표 이름"),
            "direction": Column(WHOLE, "1 높을수록 좋음, -1 낮을수록 좋음"),
            "effort_or_outcome": Column(TEXT, "effort 지원 노력, outcome 결과(이름에서 읽은 분류)"),
            "value": Column(NUMBER, "공표된 수준 값. 비면 미확보", "unit 칸"),
            "unit": Column(TEXT, "값의 단위"),
            "printed": Column(TEXT, "공표된 모습 그대로의 값과 증감(여럿이면 모두)"),
            "score": Column(NUMBER, "점수. 비면 계산할 수 없음", _POINTS),
            "score_lower": Column(NUMBER, "출처가 범위로만 알린 값의 아래쪽 점수", _POINTS),
            "score_upper": Column(NUMBER, "출처가 범위로만 알린 값의 위쪽 점수", _POINTS),
            "source": Column(TEXT, "점수를 얻은 길: base, level, change_percent, ratio, chained"),
            "state": Column(TEXT, "scored 점수까지 확보, value_only 값이나 증감만 확보, missing 미확보"),
            "status": Column(
                TEXT,
                "published 공표, inferred_year 연도 추정, obtained 제출, provisional 잠정, illustrative 지어낸 값; "
                "규칙으로 채운 값은 그 규칙의 이름",
            ),
            "source_url": Column(TEXT, "출처"),
            "note": Column(TEXT, "비고"),
        },
    ),
    "indices": Table(
        "02_index_computation",
        "지수",
        "종합, 영역 또는 과제 하나, 연도 하나",
        {
            "node_id": Column(TEXT, "종합, 영역 또는 과제"),
            "name": Column(TEXT, "이름"),
            "level": Column(WHOLE, "0 종합, 1 영역, 2 과제"),
            "n_indicators": Column(WHOLE, "지표 수", "개"),
            "year": _YEAR,
            "published": Column(NUMBER, "공표 지수. 비면 미확보", _POINTS),
            "computed": Column(NUMBER, "모든 지표의 점수에서 계산한 지수. 비면 점수가 모자람", _POINTS),
            "index": Column(NUMBER, "보고서가 쓰는 지수", _POINTS),
            "basis": Column(TEXT, "보고서가 쓰는 지수: computed 계산값, published 공표값"),
            "change": Column(NUMBER, "전년 지수와의 차이. 기준연도는 빔", "p"),
            "change_from_base": Column(NUMBER, "기준연도와의 차이", "p"),
            "improved": Column(NUMBER, "전년보다 나아졌다고 공표된 지표 수. 비면 미확보", "개"),
            "source_url": Column(TEXT, "출처"),
            "note": Column(TEXT, "비고"),
        },
    ),
    "contributions": Table(
        "02_index_computation",
        "몫",
        "두 연도, 종합이나 영역 하나, 지표 하나 또는 나머지",
        {
            "from_year": Column(WHOLE, "견준 연도"),
            "to_year": Column(WHOLE, "연도"),
            "node_id": Column(TEXT, "종합 또는 영역. 종합은 모든 지표의 점수를 알 때만"),
            "item": Column(TEXT, "지표 번호, 나머지는 rest"),
            "name": Column(TEXT, "지표 이름 또는 나머지"),
            "weight": Column(NUMBER, "종합이나 영역 안의 가중치(모든 지표가 같다고 볼 때)", "비율"),
            "change": Column(NUMBER, "점수의 차이. 나머지는 빔", "p"),
            "contribution": Column(NUMBER, "지수의 변화에서 차지하는 몫. 더하면 지수의 변화", "p"),
            "lower": Column(NUMBER, "출처가 범위로만 알린 값에서 나온 몫의 아래쪽", "p"),
            "upper": Column(NUMBER, "출처가 범위로만 알린 값에서 나온 몫의 위쪽", "p"),
        },
    ),
    "bounds": Table(
        "02_index_computation",
        "하한만 아는 몫",
        "두 연도, 영역 하나, 하한만 알려진 지표 하나",
        {
            "from_year": Column(WHOLE, "견준 연도"),
            "to_year": Column(WHOLE, "연도"),
            "node_id": Column(TEXT, "영역"),
            "item": Column(TEXT, "지표 번호"),
            "name": Column(TEXT, "지표 이름"),
            "weight": Column(NUMBER, "영역 안의 가중치(모든 지표가 같다고 볼 때)", "비율"),
            "at_least": Column(NUMBER, "영역 지수의 변화에서 차지하는 몫의 하한. 나머지에 들어 있음", "p"),
        },
    ),
    "rule_fits": Table(
        "v1_published_results",
        "간단한 규칙",
        "간단한 가중치 규칙 하나, 연도 하나, 공표값을 읽는 법 하나",
        {
            "rule": Column(TEXT, "규칙: indicator_counts, task_counts, equal_areas, indicator_counts_geometric"),
            "year": _YEAR,
            "reading": Column(TEXT, "공표 종합지수를 읽는 법: printed 소수 첫째 자리, whole 정수"),
            "recomputed": Column(NUMBER, "공표 영역지수에서 다시 계산한 종합지수", _POINTS),
            "lower": Column(NUMBER, "영역지수의 반올림 때문에 가능한 가장 작은 값", _POINTS),
            "upper": Column(NUMBER, "영역지수의 반올림 때문에 가능한 가장 큰 값", _POINTS),
            "published": Column(NUMBER, "공표 종합지수", _POINTS),
            "half_width": Column(NUMBER, "공표 종합지수의 반올림 폭", "점"),
            "difference": Column(NUMBER, "다시 계산한 값에서 공표값을 뺀 것", "점"),
            "fits": Column(WHOLE, "1 공표값과 맞음, 0 버림"),
        },
    ),
    "weight_ranges": Table(
        "v1_published_results",
        "가중치 범위",
        "공표값을 읽는 법 하나, 영역 하나",
        {
            "reading": Column(TEXT, "공표 종합지수를 읽는 법: printed 소수 첫째 자리, whole 정수"),
            "area_id": Column(TEXT, "영역"),
            "target": Column(NUMBER, "지표 수에 따른 가중치", "비율"),
            "lower": Column(NUMBER, "공표값과 맞는 가장 작은 가중치. 비면 맞는 가중치가 없음", "비율"),
            "upper": Column(NUMBER, "공표값과 맞는 가장 큰 가중치. 비면 맞는 가중치가 없음", "비율"),
            "inside": Column(WHOLE, "1 지표 수에 따른 가중치가 범위 안, 0 밖"),
            "nearest": Column(NUMBER, "공표값과 맞는 가중치 가운데 지표 수에 가장 가까운 것", "비율"),
        },
    ),
    "index_without": Table(
        "v1_published_results",
        "지표 하나를 뺀 지수",
        "지수 하나, 점수를 아는 지표 하나",
        {
            "from_year": Column(WHOLE, "견준 연도"),
            "to_year": Column(WHOLE, "연도"),
            "node_id": Column(TEXT, "종합 또는 영역"),
            "item": Column(TEXT, "지표 번호"),
            "weight": Column(NUMBER, "지수 안의 가중치(모든 지표가 같다고 볼 때)", "비율"),
            "index": Column(NUMBER, "공표 지수", _POINTS),
            "change": Column(NUMBER, "공표 지수의 변화", "p"),
            "contribution": Column(NUMBER, "지표의 몫", "p"),
            "lower": Column(NUMBER, "출처가 범위로만 알린 값에서 나온 몫의 아래쪽", "p"),
            "upper": Column(NUMBER, "출처가 범위로만 알린 값에서 나온 몫의 위쪽", "p"),
            "share": Column(NUMBER, "지수의 변화에서 차지하는 비율", "비율"),
            "share_lower": Column(NUMBER, "그 비율의 아래쪽", "비율"),
            "share_upper": Column(NUMBER, "그 비율의 위쪽", "비율"),
            "without": Column(NUMBER, "그 지표를 뺀 지수", _POINTS),
            "without_lower": Column(NUMBER, "그 지표를 뺀 지수의 아래쪽", _POINTS),
            "without_upper": Column(NUMBER, "그 지표를 뺀 지수의 위쪽", _POINTS),
        },
    ),
    "treatments": Table(
        "02_index_computation",
        "규칙으로 손본 값",
        "지표 하나, 연도 하나",
        {
            "indicator_id": Column(TEXT, "지표 번호"),
            "year": _YEAR,
            "rule": Column(
                TEXT,
                "linked 바뀐 정의를 이음, first_after와 last_before와 interpolated 기준연도 값을 다른 해에서 얻음, "
                "carry_forward 앞 해의 값을 씀, interpolate 앞뒤 해의 사잇값을 씀",
            ),
            "from_years": Column(TEXT, "값을 얻은 해"),
            "value": Column(NUMBER, "점수를 계산한 값"),
        },
    ),
    "revisions": Table(
        "02_index_computation",
        "고친 값",
        "지표 하나, 연도 하나, 고친 해 하나",
        {
            "indicator_id": Column(TEXT, "지표 번호"),
            "year": _YEAR,
            "revised_in": Column(WHOLE, "고친 해"),
            "first": Column(NUMBER, "처음 공표한 값"),
            "value": Column(NUMBER, "고친 값"),
            "source_url": Column(TEXT, "출처"),
            "note": Column(TEXT, "까닭"),
        },
    ),
    "restatements": Table(
        "02_index_computation",
        "고쳐진 지수",
        "종합, 영역 또는 과제 하나, 연도 하나",
        {
            "node_id": Column(TEXT, "종합, 영역 또는 과제"),
            "year": _YEAR,
            "first": Column(NUMBER, "처음 공표한 값들로 계산한 지수", _POINTS),
            "now": Column(NUMBER, "지금의 값들로 계산한 지수", _POINTS),
            "effect": Column(NUMBER, "고친 값들의 영향", "p"),
        },
    ),
    "shapes": Table(
        "00_example_city",
        "가상시의 모양",
        "지표 하나",
        {
            "indicator_id": Column(TEXT, "지표 번호"),
            "shape": Column(TEXT, "값의 모양"),
            "bureau": Column(TEXT, "담당 부서"),
            "note": Column(TEXT, "모양의 뜻"),
        },
    ),
    "anomalies": Table(
        "02_index_computation",
        "눈에 띈 일",
        "원자료에서 눈에 띈 일 하나",
        {"where": Column(TEXT, "파일, 줄, 칸"), "message": Column(TEXT, "무엇이 어떻게 다른지, 어떻게 할지")},
    ),
}


def tables_of(notebook: str) -> list[str]:
    """Names of the tables that a notebook writes."""
    return [name for name, table in TABLES.items() if table.notebook == notebook]


def as_csv(name: str, frame: pd.DataFrame, mark: str = "") -> bytes:
    """A table as its file holds it: UTF-8 with BOM (Korean Excel), 12 significant digits, NaN as an empty cell.

    With a mark (예시값) every row carries it in one more column, so that no row can be copied out without it.

    Raises
    ------
    DataError
        The table or its columns are not those of the codebook, or a column is not of its kind.
    """
    _check_columns(name, frame)
    for column, entry in _entry(name).columns.items() if len(frame) else ():
        numeric = pd.api.types.is_numeric_dtype(frame[column])  # an object column would be written with 17 digits
        if entry.kind == NUMBER and not numeric:
            _refuse_kind(name, column, "숫자가 아닌 것이 있는데", "수의 칸이므로")
        if entry.kind == WHOLE and not (numeric and (frame[column] % 1 == 0).all()):
            _refuse_kind(name, column, "빈칸이나 정수가 아닌 것이 있는데", "빈칸 없는 정수의 칸이므로")
    frame = frame.assign(**{MARK: mark}) if mark else frame
    return frame.to_csv(index=False, float_format="%.12g", lineterminator="\n").encode("utf-8-sig")


def from_csv(name: str, path) -> pd.DataFrame:
    """Read a table back with the codebook's kinds: text stays text (ids such as ``1``), an empty text is ``""``.

    The mark of an illustrative study is left out.

    Raises
    ------
    DataError
        The table or its columns are not those of the codebook: the file comes from other code.
    """
    kinds = {c: {TEXT: "str", WHOLE: "int64", NUMBER: "float64"}[k.kind] for c, k in _entry(name).columns.items()}
    blanks = {c: [""] for c, kind in kinds.items() if kind != "str"}
    frame = pd.read_csv(path, encoding="utf-8-sig", dtype=kinds, keep_default_na=False, na_values=blanks)
    frame = frame.drop(columns=MARK, errors="ignore")
    _check_columns(name, frame)
    return frame


def _check_columns(name: str, frame: pd.DataFrame) -> None:
    wanted = list(_entry(name).columns)
    if list(frame.columns) != wanted:
        raise DataError(
            f"표 {name}",
            f"칸이 {', '.join(map(str, frame.columns))}인데",
            f"코드북의 칸은 {', '.join(wanted)}이므로",
            "노트북이나 dongheng.codebook을 고쳐 주십시오",
        )


def _refuse_kind(name: str, column: str, found: str, expected: str) -> None:
    raise DataError(f"표 {name} {column} 칸", found, expected, "노트북이나 dongheng.codebook을 고쳐 주십시오")


def describe(mark: str = "") -> pd.DataFrame:
    """The codebook itself: one row per table and column, the column of the mark included where there is one."""
    added = {MARK: Column(TEXT, f"모든 줄이 {mark}임")} if mark else {}
    return pd.DataFrame(
        [
            {"table": name, "row": table.row, "column": column, "kind": c.kind, "unit": c.unit, "meaning": c.meaning}
            for name, table in TABLES.items()
            for column, c in (table.columns | added).items()
        ]
    )


def _entry(name: str) -> Table:
    if name not in TABLES:
        raise DataError(
            f"표 {name}",
            "코드북에 없는데",
            "코드북에 있는 표만 주고받을 수 있으므로",
            "dongheng.codebook에 적어 주십시오",
        )
    return TABLES[name]
