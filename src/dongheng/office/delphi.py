"""The Delphi survey's paper work: forms out, answers in, and each expert's next form with what the group said.

Names stand in private/experts.csv alone. Everything written elsewhere, and everything said, knows experts by code.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from dongheng import config, panel, rawdata
from dongheng.errors import DataError, DonghengError, raise_all, require
from dongheng.framework import Framework
from dongheng.office import questionnaire, sheets
from dongheng.office.questionnaire import COMMENT, QUESTIONS, SCALE, Returned
from dongheng.office.sheets import Cell
from dongheng.pipeline import files, privacy

EXPERTS = Path("private/experts.csv")
GROUPS = ["학계", "현장", "당사자", "공무원"]
COLUMNS = panel.COLUMNS | sheets.WORDS["survey"]
BLANK = ("", "blank")
NO_FIGURES = ("", "지난 차수의 답이 없음", "")
EDGE = 1e-6  # points in tenths add up to 100 whatever the last bit says


class Survey:
    """One round of one study: where its files are, what is asked, and of whom."""

    def __init__(self, root: Path, study: str, number: int, real: bool = False):
        told = config.load(root)
        self.root, self.number, self.settings = root, number, told.settings(study, told.years(study)[-1])
        require(not (real and self.settings.illustrative), "office.made_up_answers", f"'{study}' 연구")
        self.folder = Path("data/raw") / study / "delphi"
        self.raw, self.register, self.panel = (self.folder / f"{n}.csv" for n in (f"round{number}", "items", "panel"))
        self.private = Path("private/delphi") / study / f"round{number}"
        self.framework = Framework.from_table(rawdata.read_table(root, rawdata.files_of(self.settings)[0]))
        self.areas, self.wording = self.framework.at_level(1), self.framework.table["name_ko"]
        self.asked = [(i, q) for i in questionnaire.rated(self.framework) for q in ("validity", "importance")]
        self.asked += [(i, "points") for i in self.areas]
        self.experts = self._roster()
        self.people = {code: found for code, row in self.experts.iterrows() if (found := _traces(row))}

    def _roster(self) -> pd.DataFrame:
        """The experts by code. Its messages name lines, never people."""
        table, where = self.table(EXPERTS, "experts", "office.no_experts"), EXPERTS.as_posix()
        require(not table.empty, "office.no_experts", where)
        wanted = {"code": ["E01", "E02", "…"], "group": GROUPS, "area": [*self.areas, ""]}
        wrong = {column: ~table[column].isin(allowed) for column, allowed in wanted.items()}
        wrong["code"] = ~table["code"].str.fullmatch("[A-Z]{1,3}[0-9]{1,4}") | table["code"].duplicated()
        cells = [(f"{where} {line}행 {c} 칸", c) for c, rows in wrong.items() for line in table.index[rows]]
        raise_all([DataError.of("office.expert_cell", place, wanted=_listed(wanted[c])) for place, c in cells])
        return table.set_index("code", drop=False)

    def coded(self, text: str) -> str:
        """The text with codes in the place of people: file names and answers may hold names."""
        text = _plain(text)
        for code, person in self.people.items():
            text = person.sub(code, text)
        return text

    def table(self, path: Path, kind: str, absent: str = "") -> pd.DataFrame:
        """A table with its columns; one that is not there is an error if `absent` names it, else it has no rows."""
        if not (self.root / path).is_file():
            require(not absent, absent, path.as_posix())
            return pd.DataFrame(columns=COLUMNS[kind], dtype=str)
        table, wanted = rawdata.read_table(self.root, path, sheets.ENCODINGS), COLUMNS[kind]
        missing = ", ".join(column for column in wanted if column not in table)
        require(not missing, "office.columns", f"{path.as_posix()} 1행", missing=missing, wanted=", ".join(wanted))
        return table[COLUMNS[kind]]


def forms(root: Path, study: str, number: int, folder: Path | None = None, say=print) -> None:
    """Write one questionnaire per expert of private/experts.csv, ``<code>.xlsx``, the same bytes for the same input.

    Parameters
    ----------
    root : Path
    study : str
    number : int
        The round, from 1.
    folder : Path, optional
        Default ``private/delphi/<study>/round<number>``.
    say : callable
        Receives each line for the reader.

    Raises
    ------
    DataError, ProblemList
        No roster or a faulty one; a file of that name with other content (it may hold answers): then none is written.
    """
    survey = Survey(root, study, number)
    _send(survey, folder, dict.fromkeys(survey.experts.index), (), say)


def feedback(root: Path, study: str, number: int, folder: Path | None = None, say=print) -> None:
    """Write each expert's next questionnaire, with the last round beside every question.

    Shown are the expert's own last answer; of all answers the median, the quartiles (SPSS definition, see
    :func:`dongheng.delphi.quartiles`) and the distribution; on a sheet of their own the comments, without names. An item
    that was not asked in the last round, or in other words, has none. An expert who did not answer sees the group's only.

    Parameters
    ----------
    root, study, folder, say
        As :func:`forms`.
    number : int
        The round to be asked, from 2.

    Raises
    ------
    DataError, ProblemList
        As :func:`forms`; no answers of the last round, or faulty ones.
    """
    survey, last = Survey(root, study, number), Survey(root, study, number - 1)
    answers = _answers(last)
    group = _group(answers)
    known = answers.assign(answer=answers["answer"].map("{:.12g}".format, na_action="ignore").fillna(""))
    own = {(e, i, q): questionnaire.UNKNOWN if s == "unknown" else a for e, i, q, a, s in known.to_numpy()}
    beside = {
        code: {k: (own.get((code, *k)) or "답 없음", *group[k]) if k in group else NO_FIGURES for k in survey.asked}
        for code in survey.experts.index
    }
    kept, problems = _nameless(survey, survey.table(last.private / "comments.csv", "comments").to_numpy().tolist())
    for problem in problems:
        say(str(problem))
    comments = tuple((i, survey.wording.get(i, ""), text) for i, text in kept)
    _send(survey, folder, beside, comments, say)


def _send(survey: Survey, folder: Path | None, beside: dict, comments: tuple, say) -> None:
    settings, shown = survey.settings, survey.coded((folder or survey.private).as_posix())
    folder = folder or survey.root / survey.private
    title = f"{settings.title}({settings.mark})" if settings.mark else settings.title
    made = {}
    for code, last in beside.items():
        stamp = (settings.study, settings.framework, survey.number, code)
        made[folder / f"{code}.xlsx"] = questionnaire.form(survey.framework, title, stamp, last, comments)
    changed = [path.name for path, content in made.items() if path.is_file() and path.read_bytes() != content]
    require(not changed, "office.form_there", shown, names=_listed(changed))
    for path, content in made.items():
        files.write(path, content)
    say(f"{survey.number}차 서식 {len(made)}개를 만들었습니다: {shown}")
    say(f"돌려받은 파일을 한 폴더에 모아 `dongheng delphi collect 폴더 --round {survey.number}`를 실행하십시오.")


def collect(root: Path, study: str, number: int, source: Path, say=print) -> int:
    """Read what experts sent back, keep every good answer, tell every other by expert code, sheet and cell.

    Parameters
    ----------
    root, study, number, say
        As :func:`forms`.
    source : Path
        A folder of returned workbooks and tables, or one file; see :func:`dongheng.office.questionnaire.read`. All
        returns of the round at once: the round's table is written anew.

    Returns
    -------
    int
        How many problems were told; the answers they concern are left out (state blank) and the others written.

    Raises
    ------
    DataError, ProblemList
        A study of made-up answers, a faulty roster, or not one answer to be read; then nothing is written.

    Notes
    -----
    Answers: 1 to 5 or 모름 (unknown, apart from blank); points 0 to 100. Points count where they add up to 100; then a
    blank area got none of them. A blank form is no answer, and does not count as an expert's second file.
    """
    survey, problems = Survey(root, study, number, real=True), []
    read = [(one, *_graded(survey, one, problems)) for one in _sent(survey, source, problems)]
    read = [(one, answers, said) for one, answers, said in read if answers or said]
    times = Counter(one.code for one, _, _ in read)
    twice = {code: [one.where for one, _, _ in read if one.code == code] for code, n in times.items() if n > 1}
    problems += [DataError.of("office.expert_twice", code, files=", ".join(places)) for code, places in twice.items()]
    answers = {one.code: told for one, told, _ in read if told and one.code not in twice}
    if gone := sorted(set(survey.table(survey.raw, "round")["expert"]) - set(times)):
        problems.append(DataError.of("office.answers_gone", survey.raw.as_posix(), codes=_listed(gone)))
    kept, named = _nameless(survey, [pair for one, _, said in read if one.code not in twice for pair in said])
    told = list(dict.fromkeys(survey.coded(str(problem)) for problem in [*problems, *named]))
    for sentence in told:
        say(sentence)
    require(answers, "office.no_answers", survey.coded(source.as_posix()), round=number)
    experts = survey.experts.index
    rows = [(e, *key, *answers[e].get(key, BLANK)) for e in experts if e in answers for key in survey.asked]
    table = pd.DataFrame(rows, columns=COLUMNS["round"])
    tables = {survey.raw: table, survey.panel: _panel(survey), survey.register: _register(survey, table)}
    settings, today = survey.settings, date.today().isoformat()
    note = f"{settings.mark} {number}차 회신 {len(answers)}명. 전문가는 코드로만 적음".strip()
    for path, content in tables.items():
        title = f"{settings.title} 전문가 조사: {path.stem}"
        facts = {"producer": settings.publisher, "title": title, "date_accessed": today, "note": note}
        sheets.write_raw(root / path, content, **facts)
    files.write(root / survey.private / "comments.csv", sheets.as_csv(pd.DataFrame(kept, columns=COLUMNS["comments"])))
    silent = [code for code in experts if code not in times]
    say(f"답하지 않음({len(silent)}명): {', '.join(silent) or '없음'}")
    n = Counter(table["state"])
    say(f"{survey.raw.as_posix()}에 옮겼습니다: {len(answers)}명, 답 {n['answered']}개, 모름 {n['unknown']}개, "
        f"빈칸 {n['blank']}개. 의견 {len(kept)}개는 private에 있습니다.")  # fmt: skip
    if told:
        say(f"위의 {len(told)}건은 빼고 옮겼습니다. 고친 파일을 같은 폴더에 두고 다시 실행하면 모두 새로 씁니다.")
    return len(told)


def _sent(survey: Survey, source: Path, problems: list[DonghengError]) -> Iterator[Returned]:
    """Every return that is of this study, edition, round and panel."""
    ours = (survey.settings.study, survey.settings.framework, str(survey.number))
    for path in [source] if source.is_file() else sorted(source.iterdir()):
        if path.is_dir() or re.match(r"[.]|~[$]|(comments[.]csv|thumbs[.]db|desktop[.]ini)$", path.name, re.I):
            continue
        for one in questionnaire.read(path, problems):
            if one.stamp and one.stamp != ours:
                stamps = {"told": " ".join(one.stamp), "ours": " ".join(ours)}
                problems.append(DataError.of("office.other_form", one.where, **stamps))
            elif one.code not in survey.experts.index:
                problems.append(DataError.of("office.expert_unknown", one.where, code=one.code))
            else:
                yield one


def _graded(survey: Survey, one: Returned, problems: list[DonghengError]) -> tuple[dict, list]:
    """One return's answers with their states by (id, question), blank ones left out, and its comments with their ids."""
    cells: dict[tuple, list[Cell]] = {key: [] for key in survey.asked}
    ids, comments, graded = {i for i, _ in survey.asked}, [], {}
    for item, heading, cell in one.entries:
        if item.text not in ids and (item.text or cell.text):
            problems.append(DataError.of("office.item_unknown", item.where, item=item.text))
        elif heading == COMMENT and cell.text:
            comments.append((item.text, rawdata.CONTROL.sub("", cell.text)))
        elif (item.text, QUESTIONS.get(heading)) in cells:
            cells[item.text, QUESTIONS[heading]].append(cell)
    for heading, question in QUESTIONS.items():
        places = {i: found for (i, q), found in cells.items() if q == question}
        lost = [i for i, found in places.items() if not found]
        if lost and (one.stamp or len(lost) < len(places)):  # a survey need not ask every question
            problems.append(DataError.of("office.items_lost", one.code, heading=heading, ids=_listed(lost)))
        filled = {i: [cell for cell in found if cell.text or cell.fault] for i, found in places.items()}
        if twice := [i for i, found in filled.items() if len(found) > 1]:
            where = ", ".join(cell.where for cell in filled[twice[0]][:2])
            problems.append(DataError.of("office.item_twice", where, heading=heading, ids=_listed(twice)))
        for i, found in filled.items():
            if len(found) == 1:
                *answer, problem = questionnaire.grade(found[0], question)
                graded[i, question] = tuple(answer)
                problems += [problem] if problem else []
        if question == "points":
            points = [float(a) for (_, q), (a, state) in graded.items() if q == question and state == "answered"]
            others = sum(map(bool, filled.values())) - len(points)
            if points and (others or abs(sum(points) - 100) > EDGE):
                where, total = f"{one.code} 영역 점수", f"{sum(points):.12g}"
                problems.append(DataError.of("office.points_sum", where, total=total, others=others))
                graded |= {(i, question): BLANK for i in filled}
            elif points:
                graded |= {(i, question): ("0", "answered") for i in filled if places[i] and not filled[i]}
    return {key: answer for key, answer in graded.items() if answer != BLANK}, comments


def _nameless(survey: Survey, comments: list) -> tuple[list, list[DonghengError]]:
    """Comments in an order that gives nobody away; told by item are those that hold a name, a phone or an address."""
    order = {i: n for n, i in enumerate(survey.framework.ids)}
    comments = sorted(comments, key=lambda c: (order.get(c[0], -1), hashlib.sha256(c[1].encode()).digest()))
    people = survey.people.values()
    kept = [c for c in comments if not privacy.search(c[1]) and not any(p.search(_plain(c[1])) for p in people)]
    withheld = Counter(i for i, _ in comments) - Counter(i for i, _ in kept)
    return kept, [DataError.of("office.comment_named", f"{i} 의견", n=n) for i, n in withheld.items()]


# --- the study's tables ---------------------------------------------------------------------------------------------


def _panel(survey: Survey) -> pd.DataFrame:
    """The experts of this round and of those before, by code."""
    now = survey.experts.rename(columns={"code": "expert"})[COLUMNS["panel"]]
    before = survey.table(survey.panel, "panel")
    return pd.concat([now, before[~before["expert"].isin(now["expert"])]]).sort_values("expert")


def _register(survey: Survey, table: pd.DataFrame) -> pd.DataFrame:
    """The item register with this round; what was reworded within an edition counts as never rated."""
    known, edition, this = survey.table(survey.register, "items"), survey.settings.framework, str(survey.number)
    rounds = {tuple(told): set(filter(None, n.split(";"))) - {this} for *told, n in known.to_numpy().tolist()}
    answered = dict.fromkeys(table.loc[table["state"] == "answered", "item_id"], {this})
    keys = [(i, survey.wording[i], edition) for i in questionnaire.rated(survey.framework)]
    now = [sorted(rounds.get(key, set()) | answered.get(key[0], set()), key=lambda n: n.zfill(3)) for key in keys]
    rows = [(*key, ";".join(numbers)) for key, numbers in zip(keys, now, strict=True)]
    return pd.concat([known[known["edition"] != edition], pd.DataFrame(rows, columns=COLUMNS["items"])])


def _answers(survey: Survey) -> pd.DataFrame:
    """A round's answers (NaN = none) to what is still asked in the same words; the raw table's reader has checked them."""
    told, wording = panel.load(survey.root, survey.settings), survey.wording
    require(survey.number in told.rounds, "office.no_round", survey.raw.as_posix())
    rated = told.items[told.items["rounds"].str.split(";").map(lambda rounds: str(survey.number) in rounds)]
    same = {i for i, words in rated["wording"].items() if wording.get(i) == words}
    asked = {(i, q) for i, q in survey.asked if i in same or q == "points"}
    table = told.rounds[survey.number]
    return table[[key in asked for key in zip(table["item_id"], table["question"], strict=True)]]


def _group(answers: pd.DataFrame) -> dict[tuple, tuple[str, str]]:
    """Median with quartiles, and distribution, as text by (id, question)."""
    from dongheng import delphi

    told = {}
    for question, part in answers.dropna(subset="answer").groupby("question"):
        ratings = part.pivot(index="expert", columns="item_id", values="answer")
        lower, upper = SCALE[question]
        for item, q in delphi.quartiles(ratings, "spss").iterrows():
            counts = Counter(ratings[item].dropna())
            values = sorted(counts) if question == "points" else range(lower, upper + 1)
            spread = " ".join(f"{value:g}:{counts[value]}" for value in values)
            told[item, question] = f"{q['median']:g} ({q['q1']:g}~{q['q3']:g})", spread
    return told


def _traces(row: pd.Series) -> re.Pattern | None:
    """What gives an expert away: name and contacts, however they are spaced."""
    parts = [re.split(r"[(（]", row["name"])[0], *re.split(r"[,/;|]", row["contact"])]
    bare = [re.sub(r"[\W_]", "", _plain(part)) for part in parts]
    found = "|".join(r"[\W_]*".join(part) for part in bare if len(part) > 1)
    return re.compile(found, re.I) if found else None


def _plain(text: str) -> str:
    """As typed on any system: macOS takes the letters of a Korean file name apart."""
    return unicodedata.normalize("NFKC", text)


def _listed(items: list) -> str:
    more = f" 등 {len(items)}개" if len(items) > 6 else ""
    return ", ".join(str(item) or "빈칸" for item in items[:6]) + more
