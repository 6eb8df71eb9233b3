"""Newer figures as OECD and Eurostat export them: checked against the edition before, then put beside it."""

import os
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from dongheng import benchmarks, rawdata
from dongheng.errors import DataError, require
from dongheng.office import sheets

OECD, WANTED = sheets.WORDS["oecd"], sheets.WORDS["eurostat"]  # their columns, and the codes of the series meant
ADDED, GONE, REVISED = "더해짐", "사라짐", "고쳐짐"


def refresh(root: Path, folder: Path, edition: str = "", say=print) -> None:
    """Take downloaded files into a new edition, a folder of its own below data/raw/benchmarks.

    Parameters
    ----------
    root : Path
    folder : Path
        With ``.csv`` files of OECD's Well-being database (SDMX-CSV, with labels or without) and ``.tsv`` files of
        Eurostat whose names hold the table's code (``estat_ilc_li02.tsv``). Other files are left alone.
    edition : str, optional
        Name of the new folder, a day as ``2026-11-22``; today if empty.
    say : callable
        Receives each line for the reader.

    Raises
    ------
    DataError
        No such file, a column that is missing, a value that is no number, one value twice, a percentage given as a
        share, an indicator of the edition before that is gone (a renamed code, a table left out), an edition that is
        there already. Nothing is written then. A country that lost a value is a gap and stands in ``changes.csv``; a
        country or code that the edition before does not know is left out and said, so that no minimum shifts.
    """
    edition = edition or date.today().isoformat()
    target = root / rawdata.BENCHMARKS / edition
    told = target.relative_to(root).as_posix()
    require(not target.exists(), "office.edition_there", told)
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".tsv"))
    require(bool(paths), "office.no_export", folder.name)
    tables, changes = _tables(root, paths), []
    for name, table in tables.items():
        old = rawdata.benchmark(root, name).astype({"year": int, "value": float})
        keys = [*(c for c in ("indicator_id", "geo", *benchmarks.KINDS) if c in old), "year"]
        tables[name] = _taken(root, name, table[list(old.columns)], old, keys, say)
        changes.append(_changes(name, tables[name], old, keys))
    listed, partial = pd.concat(changes), target.with_name(f".{edition}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    note = ", ".join(path.name for path in paths) + "에서 옮김"
    for name, table in tables.items():
        record = rawdata.provenance(root, rawdata.benchmark(root, name).attrs["path"])
        kept = {key: record[key] for key in ("producer", "licence")}
        title = f"{record['title'].split('(')[0]}({edition}에 받은 판)"
        sheets.write_raw(partial / f"{name}.csv", table, **kept, title=title, date_accessed=edition, note=note)
    title, note = f"{edition} 판에서 바뀐 값", "앞 판의 마지막 해보다 오래된 값이 더해진 것은 적지 않음"
    sheets.write_raw(partial / "changes.csv", listed, producer="이 연구", title=title, note=note)
    os.replace(partial, target)
    counts = ", ".join(f"{kind} {(listed['change'] == kind).sum()}개" for kind in (ADDED, GONE, REVISED))
    say(f"{told}에 새 판을 만들었습니다. 바뀐 값: {counts}(changes.csv).")


def _tables(root: Path, paths: list[Path]) -> dict[str, pd.DataFrame]:
    """Our tables as the files hold them, by name."""
    codes = rawdata.benchmark(root, "eu_poverty_values").drop_duplicates("indicator_id")
    found = {kind: [path for path in paths if path.suffix == kind] for kind in (".csv", ".tsv")}
    tables = {}
    if found[".csv"]:
        told = pd.concat(map(_oecd, found[".csv"]))
        tables["oecd_wellbeing_values"] = told[(told[list(benchmarks.KINDS)] == benchmarks.TOTAL).all(axis=1)]
        tables["oecd_wellbeing_korea_groups"] = told[told["geo"] == "KOR"]
    if found[".tsv"]:
        tables["eu_poverty_values"] = pd.concat(_eurostat(path, codes) for path in found[".tsv"])
    return tables


def _oecd(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    missing = [column for column in OECD if column not in table]
    require(not missing, "office.columns", f"{path.name} 1행", missing=", ".join(missing), wanted=", ".join(OECD))
    scaled = table.index[table.get("UNIT_MULT", pd.Series("0", table.index)).ne("0")]
    require(scaled.empty, "office.unit_scaled", f"{path.name} UNIT_MULT 칸")
    return _numbers(table[list(OECD)].rename(columns=OECD), path)


def _eurostat(path: Path, codes: pd.DataFrame) -> pd.DataFrame:
    code = codes[[told in path.name for told in codes["eurostat_table"]]]
    require(len(code) == 1, "office.table_unknown", path.name, codes=", ".join(codes["eurostat_table"]))
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    names, _, time = table.columns[0].partition("\\")
    require(time == "TIME_PERIOD", "office.no_tsv", f"{path.name} 1행", told=table.columns[0])
    keys = table.iloc[:, 0].str.split(",", expand=True).set_axis(names.split(","), axis=1)
    wanted = keys[[name for name in keys if name in WANTED]]
    cells = table.iloc[:, 1:].rename(columns=str.strip).assign(geo=keys["geo"])
    cells = cells[wanted.apply(lambda told: told.isin(WANTED[told.name])).all(axis=1)]
    told = cells.melt("geo", var_name="year", value_name="value")
    told["value"] = told["value"].str.split().str[0].replace(":", "").fillna("")  # a flag stands behind the number
    return _numbers(told.assign(**code.iloc[0][["indicator_id", "unit_ko", "eurostat_table"]]), path)


def _numbers(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The rows with a value, numbers as numbers."""
    table = table[table["value"] != ""]
    for column, pattern in {"year": r"\d{4}", "value": r"-?\d+(\.\d+)?([eE]-?\d+)?"}.items():
        wrong = table.loc[~table[column].str.fullmatch(pattern), column]
        require(wrong.empty, "office.no_number", f"{path.name} {column}", told=", ".join(wrong.unique()[:3]))
    return table.astype({"year": int, "value": float})


def _taken(root: Path, name: str, table: pd.DataFrame, old: pd.DataFrame, keys: list[str], say) -> pd.DataFrame:
    """The rows that belong to the edition: of known codes and countries, each once, none a share of what it was."""
    where, codes = f"표 {name}", set(rawdata.benchmark(root, "oecd_wellbeing_indicators")["id"])
    for column, what in {"indicator_id": "부호", "geo": "나라"}.items():
        if column not in old:
            continue
        ids, known = set(table[column]), set(old[column])
        lost, new = (", ".join(sorted(some)) for some in (known - ids, ids - known - codes))
        require(not lost or what == "나라", "office.codes_lost", where, lost=lost, new=new or "없음")
        for told, some in {"이 판에 없음": lost, "앞 판에 없어 담지 않음": new}.items():
            if some:
                say(f"알림 {where}: {what} {some}: {told}")
        table = table[table[column].isin(known | codes)]
    twice = table.loc[table.duplicated(keys), keys].astype(str).agg(" ".join, axis=1)
    require(twice.empty, "office.value_twice", where, told=", ".join(twice[:3]))
    table = table.sort_values(keys, kind="stable")
    editions = {"now": table, "then": old}
    last = {when: t.sort_values("year").groupby(keys[:-1])["value"].last() for when, t in editions.items()}
    shares = pd.DataFrame(last).query("then > 1 and 0.5 < 100 * now / then < 2")["now"]
    if len(shares):
        one = shares[[shares.index[0][0]]]
        which = ", ".join(f"{' '.join(key[1:])} {value:g}" for key, value in one.head(3).items())
        raise DataError.of("benchmarks.shares", f"지표 {one.index[0][0]}", count=len(one), which=which)
    return table


def _changes(name: str, table: pd.DataFrame, old: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """What came, went or was revised; of what came, nothing older than the last value that was there."""
    both = old.merge(table, how="outer", on=keys, suffixes=("_before", "_now"))
    before, now = both["value_before"], both["value_now"]
    last = both["year"].where(before.notna()).groupby([both[c] for c in keys[:-1]]).transform("max")
    kinds = {ADDED: before.isna(), GONE: now.isna(), REVISED: ~np.isclose(before, now, rtol=1e-6)}
    both["change"] = np.select([before.isna() & (both["year"] < last), *kinds.values()], ["", *kinds], "")
    both = both[both["change"] != ""].assign(table=name, place=both[keys[1:-1]].agg(" ".join, axis=1))
    both = both.rename(columns={"value_before": "before", "value_now": "now"})
    return both[["table", "indicator_id", "place", "year", "change", "before", "now"]]
