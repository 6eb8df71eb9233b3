# The order of a report: notebooks by papermill, then the PDF and its certificate. `dongheng run` (= `make report`)
# calls this; on its own it works too once `dongheng run` has refreshed the stamps.
#
# A stamp is a small file that holds the hash of what it is named after, rewritten only when that hash changes
# (dongheng.pipeline.stamps). So a rule runs again when its notebook, its raw files, its settings, the lock or the
# code it rests on changed, and only then. Tables travel between notebooks as CSV files.
import shlex
import subprocess
import sys

from dongheng import codebook
from dongheng import config as studies
from dongheng.pipeline import files

STEP = f"{shlex.quote(sys.executable) if sys.platform != 'win32' else subprocess.list2cmdline([sys.executable])} -m dongheng step"
DATA = "data/processed/{study}/{year}"
REPORT = "reports/{study}/{year}"


def stamps(*names):
    return [f".dongheng/stamps/{name}" for name in names]


def tables(notebook):
    return [f"{DATA}/{name}.csv" for name in codebook.tables_of(notebook)]


def executed(wildcards):
    """The executed notebooks of a report."""
    settings = studies.load(studies.find_root()).settings(wildcards.study, int(wildcards.year))
    folder = REPORT.format(**dict(wildcards.items()))
    return [f"{folder}/notebooks/{name}.ipynb" for name in files.notebooks_of(settings.illustrative)]


wildcard_constraints:
    study=r"[a-z][a-z0-9_]*",
    year=r"\d{4}",


rule all:
    input:
        lambda _: [
            f"reports/{study}/{year}/certificate.json"
            for told in [studies.load(studies.find_root())]
            for study in told.studies
            for year in told.years(study)
        ],


# Only for the example city: how its figures were made, and that they can be made again.
rule example_city:
    input:
        stamps("notebooks/00_example_city", "raw/{study}/{year}", "settings/{study}/{year}"),
        stamps("code/calculation", "code/data", "code/shown", "code/run", "lock"),
    output:
        tables("00_example_city"),
        f"{REPORT}/notebooks/00_example_city.ipynb",
    shell:
        "{STEP} notebook 00_example_city {wildcards.study} {wildcards.year}"


# From the panel's answers to weights; without a panel, the rule in force and which forms to send.
rule delphi_weighting:
    input:
        stamps("notebooks/01_delphi_weighting", "raw/{study}/{year}", "settings/{study}/{year}"),
        stamps("code/calculation", "code/data", "code/shown", "code/run", "lock"),
    output:
        tables("01_delphi_weighting"),
        f"{REPORT}/notebooks/01_delphi_weighting.ipynb",
    shell:
        "{STEP} notebook 01_delphi_weighting {wildcards.study} {wildcards.year}"


rule index_computation:
    input:
        f"{DATA}/weights.csv",
        stamps("notebooks/02_index_computation", "raw/{study}/{year}", "settings/{study}/{year}"),
        stamps("code/calculation", "code/data", "code/shown", "code/run", "lock"),
    output:
        tables("02_index_computation"),
        f"{REPORT}/notebooks/02_index_computation.ipynb",
    shell:
        "{STEP} notebook 02_index_computation {wildcards.study} {wildcards.year}"


# One question to the published figures, asked anew for every report; the PDF does not wait for its answer in numbers.
rule published_results:
    input:
        stamps("notebooks/v1_published_results", "raw/{study}/{year}", "settings/{study}/{year}"),
        stamps("code/calculation", "code/data", "code/shown", "code/run", "lock"),
    output:
        tables("v1_published_results"),
        f"{REPORT}/notebooks/v1_published_results.ipynb",
    shell:
        "{STEP} notebook v1_published_results {wildcards.study} {wildcards.year}"


# How sure the index is: other experts, surveys, other rules.
rule robustness:
    input:
        [f"{DATA}/{name}.csv" for name in ("indicators", "indices", "weights")],
        stamps("notebooks/03_robustness", "raw/{study}/{year}", "settings/{study}/{year}"),
        stamps("code/calculation", "code/data", "code/shown", "code/run", "lock"),
    output:
        tables("03_robustness"),
        f"{REPORT}/notebooks/03_robustness.ipynb",
    shell:
        "{STEP} notebook 03_robustness {wildcards.study} {wildcards.year}"


# Beside other systems: their figures, and of this study's own what may stand beside them.
rule benchmark_comparison:
    input:
        f"{DATA}/indicators.csv",
        stamps("notebooks/04_benchmark_comparison", "benchmarks", "settings/{study}/{year}"),
        stamps("code/calculation", "code/data", "code/shown", "code/run", "lock"),
    output:
        tables("04_benchmark_comparison"),
        f"{REPORT}/notebooks/04_benchmark_comparison.ipynb",
    shell:
        "{STEP} notebook 04_benchmark_comparison {wildcards.study} {wildcards.year}"


# Other systems' own figures made again by their own rules; only with reports of real figures.
rule benchmark_validation:
    input:
        stamps("notebooks/{check}", "benchmarks", "settings/{study}/{year}"),
        stamps("code/calculation", "code/data", "code/shown", "code/run", "lock"),
    output:
        f"{REPORT}/notebooks/{{check}}.ipynb",
    wildcard_constraints:
        check="v2_oecd_bli|v3_eu_scoreboard",
    shell:
        "{STEP} notebook {wildcards.check} {wildcards.study} {wildcards.year}"


# study.json holds the hash of all code, all notebooks and the lock: it is what the printed study record says.
rule study_record:
    input:
        stamps("notebooks/all", "benchmarks", "raw/{study}/{year}", "settings/{study}/{year}", "code/all", "lock"),
    output:
        f"{DATA}/study.json",
        f"{DATA}/codebook.csv",
    shell:
        "{STEP} record {wildcards.study} {wildcards.year}"


rule council_report:
    input:
        tables("01_delphi_weighting"),
        tables("02_index_computation"),
        tables("03_robustness"),
        tables("04_benchmark_comparison"),
        f"{DATA}/study.json",
        stamps("notebooks/06_council_report", "settings/{study}/{year}"),
        stamps("code/data", "code/shown", "code/run", "lock"),
    output:
        f"{REPORT}/notebooks/06_council_report.ipynb",
    shell:
        "{STEP} notebook 06_council_report {wildcards.study} {wildcards.year}"


rule publish:
    input:
        executed,
        stamps("code/shown", "lock"),
    output:
        f"{REPORT}/council_report.pdf",
        f"{REPORT}/index.html",
        f"{REPORT}/results.xlsx",
        f"{REPORT}/certificate.json",
    shell:
        "{STEP} publish {wildcards.study} {wildcards.year}"
