"""What the chapter on the panel and its weights says, and notebook 01: tables of texts and sentences."""

import pandas as pd

from dongheng.config import Settings
from dongheng.delphi import AGREED, CONVERGED, EDGE
from dongheng.publish.chapter import about, catalogue, cells_of, chart_of
from dongheng.publish.wording import Phrases, number
from dongheng.weighting import ahead_of_next, largest_remainder, rank_probabilities

SAID = catalogue(__file__)
DEPENDABLE = 0.75  # from here Koo and Li (2016), doi:10.1016/j.jcm.2016.02.012, call a reliability good


# --- who answered what ----------------------------------------------------------------------------------------------


def rules_reading(settings: Settings, last: int, trial: bool) -> list[str]:
    """Which rules this run of notebook 01 follows, and whether it only tries them."""
    method = SAID("rules.method", settings.delphi["method"])
    say = about(SAID, settings).given("trial" if trial else "kept", "asked" if last else "none", **settings.delphi)
    return say("rules.items", settings.delphi["definition"], last=last, seed=settings.seed, method_name=method)


def panel_cells(experts: pd.DataFrame, rounds: dict[int, pd.DataFrame]) -> pd.DataFrame:
    """How many experts of each group there are and answered each round, as texts, with a sum."""
    counts = pd.DataFrame({"experts": experts.groupby("group", sort=False).size()})
    for k, told in rounds.items():
        counts[k] = experts.loc[told.loc[told["state"] == "answered", "expert"].unique()].groupby("group").size()
    counts = pd.concat([counts.fillna(0), counts.sum().to_frame(SAID("experts.sum")).T]) if len(experts) else counts
    heads = [SAID("experts.group"), SAID("experts.experts"), *(SAID("experts.round", number=k) for k in rounds)]
    rows = [[name, *(number(n, 0) for n in row)] for name, row in zip(counts.index, counts.to_numpy(), strict=True)]
    return pd.DataFrame(rows, columns=heads)


def register_reading(items: pd.DataFrame) -> list[str]:
    """How many items of the register were rated in which rounds, and which in none."""
    if items.empty:
        return [SAID("register.none")]
    counts = items["rounds"].str.replace(";", ", ").value_counts(sort=False)
    told = [SAID("register.rated", rounds=rounds, n=n) for rounds, n in counts.items() if rounds]
    never = items.index[items["rounds"] == ""]
    return [SAID("register.never", "some" if len(never) else "all", n=len(never), which=", ".join(never)), *told]


def statistics_cells(statistics: pd.DataFrame) -> pd.DataFrame:
    """The usual columns of a Delphi table, as texts: the share of 4 and 5, and how far the answers are spread."""
    percent = {c: 100 * statistics[f"share_{c}"].astype(float) for c in ("essential", "lower", "upper")}
    return cells_of(SAID, "statistics", statistics.assign(**percent))


def gate_reading(now: pd.DataFrame, settings: Settings, reason: str) -> list[str]:
    """Which items did not pass the gate of validity, and how many verdicts hang on the named rule for quartiles."""
    if reason:
        return [reason]
    valid, decides = now[now["question"] == "validity"], now["quartile_rule_decides"].astype(bool)
    failed = valid.loc[~valid["cvr_passes"].astype(bool), "item_id"]
    facts = {"n": len(valid), "failed": len(failed), "which": ", ".join(failed)}
    facts["decides"] = now.loc[decides, "item_id"].nunique()
    return SAID("statistics.reading", "some" if len(failed) else "none", settings.delphi["definition"], **facts)


def strip_of(tasks: pd.DataFrame, weights: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.consensus_strip``: how the answers on the tasks' importance spread."""
    table = tasks.set_index(tasks["item_id"] + " " + tasks["name"])
    say = _say(weights, settings).given(agreed=len(_agreed(tasks)), n=len(tasks))
    return {"table": table, "period": say("words.year"), **chart_of(say, "strip")}


def plane_of(now: pd.DataFrame, measures: pd.DataFrame, weights: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.importance_plane``: every task and indicator by its validity and importance."""
    valid, important = (now[now["question"] == q].set_index("item_id") for q in ("validity", "importance"))
    items = weights.loc[weights["level"] > 1, ["node_id", "level"]].set_index("node_id")
    points = pd.DataFrame({"validity": valid["share_essential"], "importance": important["mean"]}).reindex(items.index)
    points["passes"] = valid["cvr_passes"].eq(1).reindex(items.index, fill_value=False)
    rated, failing = points["validity"].notna(), points["validity"].notna() & ~points["passes"]
    points["label"] = points.index.where(failing | (items["level"] == 2), "")
    needed, experts = measures.set_index("measure").loc["critical_count", ["value", "n_experts"]]
    passed, say = points["passes"].sum(), _say(weights, settings)
    say = say.given(n=rated.sum(), passed=passed, needed=needed, experts=experts)
    return {"points": points, "gate": needed / experts, "period": say("words.year"), **chart_of(say, "plane")}


# --- agreement and stability ----------------------------------------------------------------------------------------


def change_cells(changes: pd.DataFrame) -> pd.DataFrame:
    """What changed between two rounds, as texts."""
    return cells_of(SAID, "round_changes", changes.assign(share=100 * changes["share_changed"].astype(float)))


def dropped_reading(compared: dict, last: int) -> list[str]:
    """Who answered the round before and not the last, by code; nothing where there is one round."""
    gone = sorted({expert for told in compared.values() for expert in told.dropped})
    if not compared:
        return [SAID("round_changes.single", "one" if last else "none")]
    return [SAID("round_changes.dropped", "some" if gone else "none", gone=", ".join(gone), n=len(gone))]


def measure_cells(measures: pd.DataFrame) -> pd.DataFrame:
    """What was measured over the whole panel, as texts: on how many experts and items each rests."""
    return cells_of(SAID, "measures", measures, ("measure",))


def agreement_reading(measures: pd.DataFrame) -> list:
    """How dependable one expert is and how dependable the mean, what that leaves of the weights, and who decides."""
    found = measures.set_index("measure")["value"]
    mean = found["icc_mean"]
    kind = "unknown" if pd.isna(mean) else "dependable" if mean >= DEPENDABLE else "weak"
    ends = {"experts_part": 100 * found["shrinkage"], "equal_part": 100 - 100 * found["shrinkage"]}
    facts = found.to_dict() | ends | {"moved": 100 * found["leave_one_out"]}
    return SAID("measures.reading", kind, "shrunk" if pd.notna(found["shrinkage"]) else "unknown", **facts)


def two_answers(tasks: pd.DataFrame, changes: pd.DataFrame, last: int) -> list:
    """Consensus and stability of the tasks' importance: two questions, two answers, and no stability from one round."""
    agreed, apart = _agreed(tasks), ", ".join(tasks.loc[~tasks["item_id"].isin(_agreed(tasks)), "name"])
    told = [SAID("answers.consensus", "some" if apart else "all", n=len(tasks), agreed=len(agreed), apart=apart)]
    if changes.empty:
        return [*told, SAID("round_changes.single", "one" if last else "none")]
    share = 100 * changes["share_changed"]
    facts = {"low": share.min(), "high": share.max(), "moved": (changes["p_value"] < 0.05).sum(), "n": len(changes)}
    return [*told, SAID("answers.stability", **facts)]


# --- weights --------------------------------------------------------------------------------------------------------


def weight_cells(weights: pd.DataFrame) -> pd.DataFrame:
    """Weights in force beside the experts', in per cent that add up to 100.0, as texts; alone where none were asked."""
    asked = weights["expert"].notna().all()
    told = {"in_force": largest_remainder(weights["in_force"]).to_numpy()}
    if asked:
        told["expert"] = largest_remainder(weights["expert"]).to_numpy()
    table = weights.assign(**told, lower=100 * weights["lower"], upper=100 * weights["upper"])
    return cells_of(SAID.given("asked" if asked else "not_asked"), "weights", table)


def weights_reading(filled: list, last: int, reason: str, areas: str) -> list[str]:
    """What stands behind the weights, by which rule the areas weigh, and how many indicators took their task's mean."""
    kinds = ("none",) if reason else ("filled" if filled else "all", areas)
    return SAID("weights.reading", *kinds, reason=reason, n=len(filled), which=", ".join(map(str, filled)), last=last)


def share_cells(shares: pd.DataFrame, item: str) -> pd.DataFrame:
    """Weights of the same items (the index, under the heading `item`), a column each, adding up to 100.0, as texts."""
    percent = shares.apply(largest_remainder).map(number)
    return percent.rename_axis(item).reset_index()


def group_cells(by_group: pd.DataFrame, sizes: pd.Series, whole: pd.Series) -> pd.DataFrame:
    """Weights of all experts (`whole`, by name) and of each group shown, as texts.

    A single group left out could be worked out from the others and the whole; then the smallest shown is left out too.
    """
    shown = sizes.loc[by_group.columns].sort_values(ascending=False, kind="stable")
    shown = shown[:-1] if len(sizes) == len(shown) + 1 else shown
    heads = {name: SAID("groups.group", name=name, n=n) for name, n in shown.items()}
    shares = by_group[list(heads)].rename(columns=heads).set_axis(whole.index)
    shares.insert(0, SAID("groups.whole", n=sizes.sum()), whole)
    return share_cells(shares, SAID("groups.item"))


def rank_cells(draws: pd.DataFrame) -> pd.DataFrame:
    """How often each item (a column of `draws`) took each rank and came before the next, in per cent, as texts."""
    ranks = rank_probabilities(draws).loc[draws.mean().sort_values(ascending=False, kind="stable").index]
    ranks.columns = [SAID("ranks.rank", rank=rank) for rank in ranks]
    table = ranks.assign(**{SAID("ranks.ahead"): ahead_of_next(draws)["probability"]})
    cells = (100 * table).map(lambda share: number(share, 0, missing="-"))
    return cells.rename_axis(SAID("ranks.item")).reset_index()


def weight_dots_of(weights: pd.DataFrame, settings: Settings) -> dict:
    """Arguments of ``charts.weight_dots``: the areas' weights."""
    areas = weights[weights["level"] == 1].set_index("name")
    table = areas.rename(columns={"in_force": "equal", "expert": "weight", "lower": "lo", "upper": "hi"})
    table["percent"] = largest_remainder(areas["expert"])
    widest = (areas["expert"] - areas["in_force"]).abs().idxmax()
    ends = (100 * areas.loc[widest, ["in_force", "expert"]]).to_dict()
    say = _say(weights, settings).given(widest=widest, **ends)
    return {"weights": table, "period": say("words.year"), **chart_of(say, "weight_dots")}


def by_weights_cells(by_weights: pd.DataFrame, names: pd.Series, settings: Settings) -> pd.DataFrame:
    """This year's index under the weights in force and the experts', as texts; no rows where none was computed."""
    now = by_weights[by_weights["year"] == settings.year]
    wide = now.pivot(index="node_id", columns="weights", values="index").reindex(columns=["in_force", "expert"])
    wide = wide.loc[now["node_id"].drop_duplicates()].dropna().reset_index()
    wide = wide.assign(name=wide["node_id"].map(names), apart=wide["expert"] - wide["in_force"])
    return cells_of(SAID, "by_weights", wide)


def _say(weights: pd.DataFrame, settings: Settings) -> Phrases:
    return about(SAID, settings).given(n_indicators=(weights["level"] == weights["level"].max()).sum())


def _agreed(tasks: pd.DataFrame) -> list[str]:
    """Items that meet both limits of Korean practice."""
    meets = (tasks["convergence"] <= CONVERGED + EDGE) & (tasks["consensus"] >= AGREED - EDGE)
    return tasks.loc[meets, "item_id"].tolist()
