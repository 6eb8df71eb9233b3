"""Newer files of OECD and Eurostat become an edition of their own, or nothing at all."""

from __future__ import annotations

import csv
import shutil

import pandas as pd
import pytest

from dongheng import benchmarks, cli, proof, rawdata
from dongheng.errors import DataError
from dongheng.office.benchmarks import refresh
from tests.conftest import ROOT

# Header rows as the producers write them: OECD Data Explorer, "Download > Filtered data in tabular text (CSV)" (with
# the labels beside the codes), Eurostat Data Browser, "Download > TSV".
OECD_HEAD = (
    "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,REF_AREA,Reference area,MEASURE,Measure,UNIT_MEASURE,Unit of measure,"
    "AGE,Age,SEX,Sex,EDUCATION_LEV,Education level,DOMAIN,Domain,TIME_PERIOD,Time period,OBS_VALUE,Observation value,"
    "OBS_STATUS,Observation status,UNIT_MULT,Unit multiplier,DECIMALS,Decimals,BASE_PER,Base period"
)
EUROSTAT_HEADS = {
    "ilc_peps01n": ("arope", "freq,unit,age,sex,geo\\TIME_PERIOD", "A,PC,TOTAL,T,{}"),
    "ilc_li02": ("arop60", "freq,statinfo,rskpovth,age,sex,unit,geo\\TIME_PERIOD", "A,MED_EI,B_60,TOTAL,T,PC,{}"),
    "ilc_di12": ("gini", "freq,age,statinfo,geo\\TIME_PERIOD", "A,TOTAL,GINI_HND,{}"),
}
FLOW = '"DATAFLOW","OECD.WISE.WDP:DSD_HSL@DF_HSL_CWB(1.1)","Current well-being","I"'.replace('"', "")


def oecd_rows() -> pd.DataFrame:
    """The edition that is there, as an export: every value, one year earlier for everybody, and Korea's groups."""
    now = rawdata.benchmark(ROOT, "oecd_wellbeing_values").astype({"year": int, "value": float})
    before = now.assign(year=now["year"] - 1, value=now["value"] * 0.99)
    groups = (
        rawdata.benchmark(ROOT, "oecd_wellbeing_korea_groups").assign(geo="KOR").astype({"year": int, "value": float})
    )
    groups = groups[(groups[["sex", "age", "education"]] != "_T").any(axis=1)]
    lone = (
        rawdata.benchmark(ROOT, "oecd_wellbeing_korea_groups").assign(geo="KOR").astype({"year": int, "value": float})
    )
    lone = lone[~lone["indicator_id"].isin(now.loc[now["geo"] == "KOR", "indicator_id"])]
    lone = lone[(lone[["sex", "age", "education"]] == "_T").all(axis=1)]
    return (
        pd.concat([now, before, groups, lone])
        .fillna({"sex": "_T", "age": "_T", "education": "_T"})
        .reset_index(drop=True)
    )


def write_oecd(folder, rows: pd.DataFrame) -> None:
    with open(folder / "OECD.WISE.WDP,DSD_HSL@DF_HSL_CWB,1.1+all.csv", "w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(OECD_HEAD.split(","))
        for r in rows.itertuples():
            codes = [r.geo, r.indicator_id, "UNIT", r.age, r.sex, r.education, "HSL", r.year]
            cells = [cell for code in codes for cell in (code, f"{code}, label")]
            out.writerow([*FLOW.split(","), *cells, r.value, "", "A", "Normal value", 0, "Units", 1, "One", "_Z", ""])


def write_eurostat(folder, change=lambda code, table: table) -> None:
    told = rawdata.benchmark(ROOT, "eu_poverty_values").astype({"year": int, "value": float})
    for code, (indicator, head, key) in EUROSTAT_HEADS.items():
        wide = told[told["indicator_id"] == indicator].pivot(index="geo", columns="year", values="value")
        wide[wide.columns.max() + 1] = wide.iloc[:, -1] + 0.1
        wide = change(code, wide)
        lines = ["\t".join([head, *(f"{year} " for year in wide)])]
        for geo, row in wide.iterrows():
            cells = [": " if pd.isna(v) else f"{v:.1f} b" if geo == "BE" else f"{v:.1f} " for v in row]
            lines.append("\t".join([key.format(geo), *cells]))
            lines.append("\t".join([key.format(geo).replace("TOTAL", "Y18-64"), *cells]))  # another age
        (folder / f"estat_{code}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def study(tmp_path):
    shutil.copytree(ROOT / "data/raw/benchmarks", tmp_path / "study/data/raw/benchmarks")
    (tmp_path / "in").mkdir()
    return tmp_path / "study"


@pytest.fixture
def folder(study):
    return study.parent / "in"


def take(study, folder):
    said = []
    refresh(study, folder, "2027-01-02", say=said.append)
    edition = study / "data/raw/benchmarks/2027-01-02"
    return said, edition, rawdata.read_table(study, (edition / "changes.csv").relative_to(study))


def test_a_new_edition_lies_beside_the_old_with_what_changed(study, folder):
    """Both producers' files at once: series come in, the newest edition is what a notebook reads, the old stays."""
    write_oecd(folder, oecd_rows())
    write_eurostat(folder)
    old = {path.name: path.read_bytes() for path in (study / "data/raw/benchmarks").glob("*.csv")}
    said, edition, changes = take(study, folder)
    assert sorted(p.name for p in edition.glob("*.csv")) == [
        "changes.csv", "eu_poverty_values.csv", "oecd_wellbeing_korea_groups.csv", "oecd_wellbeing_values.csv",
    ]  # fmt: skip
    assert {path.name: path.read_bytes() for path in (study / "data/raw/benchmarks").glob("*.csv")} == old
    counts = ", ".join(f"{kind} {(changes['change'] == kind).sum()}개" for kind in ("더해짐", "사라짐", "고쳐짐"))
    assert said == [f"data/raw/benchmarks/2027-01-02에 새 판을 만들었습니다. 바뀐 값: {counts}(changes.csv)."]
    europe = changes[changes["table"] == "eu_poverty_values"]
    assert europe.groupby(["change", "year"]).size().to_dict() == {("더해짐", "2025"): 28, ("더해짐", "2026"): 56}
    world = changes[changes["table"] == "oecd_wellbeing_values"]  # totals of Korea that stood among its groups alone
    assert set(world["place"]) == {"KOR"} and set(world["change"]) == {"더해짐"}
    paths = [path.relative_to(study) for path in edition.glob("*.csv")]
    assert rawdata.provenance_anomalies(study, paths) == []
    values = rawdata.benchmark(study, "oecd_wellbeing_values")
    assert "2027-01-02에 받은 판" in values.attrs["source"] and len(values) == 2 * 3902 + len(world)
    directions = rawdata.benchmark(study, "oecd_wellbeing_indicators").set_index("id")["direction"]
    told = values[values["geo"] != "OECD"].astype({"year": int, "value": float})
    korea = benchmarks.standing(told, "KOR", directions)
    assert korea["moved"].notna().sum() == 75 and korea.at["10_1", "moved"] == -1 and korea.at["5_1", "moved"] == 1


def test_flags_and_colons_are_no_numbers(study, folder):
    """``16.5 b`` is 16.5, ``: `` is a gap, and another age is another series."""
    write_eurostat(folder, lambda code, wide: wide.mask((wide.index == "AT")[:, None] & (wide.columns == 2020)))
    _, edition, changes = take(study, folder)
    table = rawdata.read_table(study, (edition / "eu_poverty_values.csv").relative_to(study))
    arope = table[table["indicator_id"] == "arope"].set_index(["geo", "year"])["value"]
    assert arope["BE", "2025"] == "16.5" and ("AT", "2020") not in arope.index and not arope.index.duplicated().any()
    gone = changes[changes["change"] == "사라짐"]
    assert gone[["indicator_id", "place", "year", "now"]].to_numpy().tolist() == [
        ["arop60", "AT", "2020", ""], ["arope", "AT", "2020", ""], ["gini", "AT", "2020", ""],
    ]  # fmt: skip


def test_other_countries_are_said_and_shift_nothing(study, folder):
    """A country more is left out, a country less is a listed gap: both are said, neither moves anybody silently."""
    rows = oecd_rows()
    more = rows[rows["geo"] == "FIN"].assign(geo="XKX", value=1e9)
    write_oecd(folder, pd.concat([rows[rows["geo"] != "SWE"], more], ignore_index=True))
    said, edition, changes = take(study, folder)
    assert said[:2] == [
        "알림 표 oecd_wellbeing_values: 나라 SWE: 이 판에 없음",
        "알림 표 oecd_wellbeing_values: 나라 XKX: 앞 판에 없어 담지 않음",
    ]
    gaps = changes[changes["table"].eq("oecd_wellbeing_values") & changes["change"].eq("사라짐")]
    assert (
        set(gaps["place"]) == {"SWE"}
        and len(gaps) == (rawdata.benchmark(ROOT, "oecd_wellbeing_values")["geo"] == "SWE").sum()
    )
    table = rawdata.read_table(study, (edition / "oecd_wellbeing_values.csv").relative_to(study))
    assert not table["geo"].isin(["XKX", "SWE"]).any()


def renamed(rows):
    return rows.assign(indicator_id=rows["indicator_id"].replace({"10_1": "10_1_NEW"}))


def as_shares(rows):
    return rows.assign(value=rows["value"].where(rows["indicator_id"] != "2_1", rows["value"] / 100))


def with_text(rows):
    return rows.assign(value=rows["value"].astype(object).where(rows.index != 3, "n.a."))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            renamed,
            "표 oecd_wellbeing_values: 앞 판에 있던 부호 10_1의 값이 하나도 없는데(처음 보는 부호: 10_1_NEW), 지표가 바뀌면 최솟값, 최댓값, 순위가 말없이 "
            "달라지므로, 빠뜨린 표가 있으면 같은 폴더에 더하고, 부호가 바뀐 것이면 지표 표의 id를 먼저 고쳐 주십시오.",
        ),
        (
            as_shares,
            "지표 2_1: 비율(0~1)로 보이는 값이 47개(ARG 0.77853, AUS 0.80266, AUT 0.78197)인데, 단위가 %여야 하므로, 100을 곱해 주십시오.",
        ),
        (
            with_text,
            "OECD.WISE.WDP,DSD_HSL@DF_HSL_CWB,1.1+all.csv value: 'n.a.'이(가) 있는데, 연도는 네 자리, 값은 수여야 하므로, 내려받은 파일을 고치지 말고 다시 받아 주십시오.",
        ),
        (
            lambda rows: pd.concat([rows, rows.head(1)]),
            "표 oecd_wellbeing_values: 같은 자리의 값이 두 번 있는데(10_1 ARG 2022), 지표, 나라, 연도마다 값은 하나여야 하므로, 내려받을 때 단위와 분류를 하나만 골라 주십시오.",
        ),
    ],
)
def test_a_bad_export_is_refused_and_leaves_nothing(study, folder, spoil, sentence):
    """A renamed code, shares for percentages, text for a number, one value twice: a whole sentence, and no edition."""
    write_oecd(folder, spoil(oecd_rows()))
    before = sorted(path.name for path in (study / "data/raw/benchmarks").iterdir())
    with pytest.raises(DataError) as error:
        take(study, folder)
    assert str(error.value) == sentence
    assert sorted(path.name for path in (study / "data/raw/benchmarks").iterdir()) == before


def test_what_is_no_export_is_refused(study, folder):
    """An empty folder, a changed header, a table nobody asked for, an edition that is there: each says what to do."""
    sentences = []

    def refused(**kept):
        with pytest.raises(DataError) as error:
            take(study, folder)
        sentences.append(str(error.value))
        for path in folder.iterdir():
            path.unlink()

    refused()
    (folder / "a.csv").write_text("REF_AREA,MEASURE\nKOR,1_1\n", encoding="utf-8")
    refused()
    (folder / "a.csv").write_text(OECD_HEAD.replace(" ", "") + "\n" + ",".join(["1"] * 30) + "\n", encoding="utf-8")
    refused()
    (folder / "estat_xyz.tsv").write_text("freq,geo\\TIME_PERIOD\t2020 \nA,AT\t1 \n", encoding="utf-8")
    refused()
    (folder / "estat_ilc_li02.tsv").write_text("geo,2020\nAT,1\n", encoding="utf-8")
    refused()
    (study / "data/raw/benchmarks/2027-01-02").mkdir()
    refused()
    assert sentences == [
        "in: .csv도 .tsv도 없는데, OECD의 CSV나 유럽통계청의 TSV가 하나는 있어야 하므로, 내려받은 파일을 그대로 두고 그 폴더를 적어 주십시오.",
        "a.csv 1행: 'TIME_PERIOD, SEX, AGE, EDUCATION_LEV, OBS_VALUE' 칸이 없는데, MEASURE, REF_AREA, TIME_PERIOD, SEX, AGE, EDUCATION_LEV, OBS_VALUE 칸이 모두 있어야 하므로, 첫 줄에 칸 이름을 적어 주십시오.",
        "a.csv UNIT_MULT 칸: 0이 아닌 값이 있는데, 수가 적힌 그대로의 크기여야 하므로, OECD의 표에서 단위를 확인하고 10의 거듭제곱을 곱해 주십시오.",
        "estat_xyz.tsv: 파일 이름에 아는 표의 부호가 하나만 있지 않은데, ilc_peps01n, ilc_li02, ilc_di12 가운데 하나가 이름에 있어야 하므로, 유럽통계청이 붙인 이름 그대로 두어 주십시오.",
        "estat_ilc_li02.tsv 1행: 첫 칸이 'geo,2020'인데, 유럽통계청의 TSV는 'freq,unit,…,geo\\TIME_PERIOD'로 시작하므로, 형식을 TSV로 골라 다시 내려받아 주십시오.",
        "data/raw/benchmarks/2027-01-02: 이미 있는데, 판은 덮어쓰지 않으므로, --edition으로 다른 이름을 고르거나, 잘못 만든 판이면 그 폴더를 지운 뒤 실행해 주십시오.",
    ]  # fmt: skip


def test_a_table_left_out_is_refused(study, folder):
    """Only one of Eurostat's three tables: the other two would vanish from the newest edition."""
    write_oecd(folder, oecd_rows())
    write_eurostat(folder)
    (folder / "estat_ilc_di12.tsv").unlink()
    with pytest.raises(DataError, match="표 eu_poverty_values: 앞 판에 있던 부호 gini의 값이 하나도 없는데"):
        take(study, folder)
    assert not [path for path in (study / "data/raw/benchmarks").iterdir() if path.is_dir()]


def test_the_new_edition_decides_the_numbers_of_a_report(study, folder):
    """Its files stand in the study record beside the old ones', so a refresh rebuilds what rests on it."""
    before = proof.benchmark_files(study)
    write_eurostat(folder)
    take(study, folder)
    added = set(proof.benchmark_files(study)) - set(before)
    assert {path.name for path in added if path.suffix == ".csv"} == {"eu_poverty_values.csv", "changes.csv"}
    assert len(before) == 2 * len([path for path in before if path.suffix == ".csv"])


def test_the_command_says_what_it_did(study, folder, monkeypatch, capsys):
    """``dongheng benchmarks refresh --from FOLDER`` in a study's folder."""
    write_eurostat(folder)
    (study / "config.yaml").write_text("seed: 1\n", encoding="utf-8")
    monkeypatch.chdir(study)
    monkeypatch.setattr(
        "sys.argv", ["dongheng", "benchmarks", "refresh", "--from", str(folder), "--edition", "2027-01-02"]
    )
    cli.main()
    assert capsys.readouterr().out.startswith("data/raw/benchmarks/2027-01-02에 새 판을 만들었습니다.")
