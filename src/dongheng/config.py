"""config.yaml: where the study's root is, which studies and years there are, and what each was told to do."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from itertools import starmap
from pathlib import Path

import yaml

from dongheng.errors import ConfigError, raise_all

FILE = "config.yaml"

# What holds where config.yaml is silent.
DELPHI = {"definition": "spss", "essential_from": 4, "method": "mean", "areas": "in_force", "draws": 2000}
ROBUSTNESS = {"draws": 10_000, "dominance": 20, "cap": 200}
_RULES = yaml.safe_load(Path(__file__).with_suffix(".schema.yaml").read_text(encoding="utf-8"))
CHOICES = {name: rule.get("enum") for name, rule in _RULES["schema"]["properties"]["delphi"]["properties"].items()}


@dataclass(frozen=True)
class Settings:
    """What one study was told, for one year.

    Only what concerns this year is in it, so that an approval of 2024 leaves 2023 as it was.
    """

    study: str
    year: int
    title: str
    framework: str
    base_year: int
    reverse: str
    seed: int
    delphi: dict = field(default_factory=lambda: dict(DELPHI))
    robustness: dict = field(default_factory=lambda: dict(ROBUSTNESS))
    publisher: str = ""
    illustrative: bool = False
    publication_number: str = ""
    approval: dict = field(default_factory=dict)

    @property
    def years(self) -> list[int]:
        """The years whose data the report rests on: base year to report year."""
        return list(range(self.base_year, self.year + 1))

    @property
    def mark(self) -> str:
        """예시값, the one word for made-up figures, where all of the study's are; else empty."""
        return "예시값" if self.illustrative else ""

    def sha256(self) -> str:
        """Hash of the settings, free of comments and layout of config.yaml."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Config:
    """A checked config.yaml."""

    root: Path
    content: dict

    @property
    def studies(self) -> list[str]:
        return list(self.content["studies"])

    def years(self, study: str) -> list[int]:
        """Report years of a study, ascending."""
        return sorted(self._study(study)["years"])

    def settings(self, study: str, year: int) -> Settings:
        """Settings of one report. ``ConfigError`` for a study or year that config.yaml does not have."""
        told = self._study(study)
        where, known = f"{FILE} studies.{study}.years", _listed(told["years"])
        ConfigError.unless(year in told["years"], "config.year_unknown", where, year=year, known=known)
        unset = {"delphi": DELPHI, "robustness": ROBUSTNESS}
        rules = {name: rule | self.content.get(name, {}) for name, rule in unset.items()}
        own = {key: told[key] for key in told if key not in ("years", "approvals", "publication_numbers")}
        own["publication_number"] = told.get("publication_numbers", {}).get(year, "")
        own["approval"] = dict(told.get("approvals", {}).get(year, {}))
        return Settings(study=study, year=year, seed=self.content["seed"], **rules, **own)

    def _study(self, study: str) -> dict:
        told, known = self.content["studies"], _listed(self.studies)
        ConfigError.unless(study in told, "config.study_unknown", f"{FILE} studies", study=study, known=known)
        return told[study]


def find_root(start: Path | None = None) -> Path:
    """The folder with config.yaml, looking from `start` (default: the working directory) upwards.

    So a notebook opened in JupyterLab, the batch and a test in a copied folder all find their own study.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file() and (folder / "data").is_dir():
            return folder
    raise ConfigError.of("config.no_root", str(here), file=FILE)


def load(root: Path | None = None) -> Config:
    """Read and check config.yaml.

    Raises
    ------
    ProblemList
        Every key that is missing, unknown or of the wrong kind; one sentence each.
    ConfigError
        No file, or no YAML.
    """
    root = root or find_root()
    content = read(root)
    raise_all(_problems(content))
    return Config(root, content)


def sound_part(root: Path) -> Config:
    """The studies of a faulty config.yaml that have no fault of their own: their data can be looked at all the same."""
    content = read(root)
    studies = content.get("studies") if isinstance(content, dict) else None
    told = studies if isinstance(studies, dict) else {}
    sound = {name: told[name] for name in told if not _problems({"seed": 0, "studies": {name: told[name]}})}
    return Config(root, {"seed": 0, "studies": sound})


def parse(text: str) -> object:
    """YAML whose dates are text and whose keys stand once. ``RepeatedKey``, ``yaml.YAMLError`` or ``ValueError``."""
    return yaml.load(text, Loader=_UniqueKeys)  # a SafeLoader


def read(root: Path) -> object:
    """The content of config.yaml, unchecked. ``ConfigError`` where it is absent, cannot be opened or is no YAML."""
    try:
        return parse((root / FILE).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as problem:
        known = {FileNotFoundError: "config.no_file", UnicodeDecodeError: "config.no_utf8"}
        raise ConfigError.of(known.get(type(problem), "config.locked"), FILE) from None
    except (yaml.YAMLError, ValueError) as problem:  # ValueError: a tag that its text does not fit
        mark, told = getattr(problem, "problem_mark", None), getattr(problem, "problem", "")
        key = "config.key_twice" if isinstance(problem, RepeatedKey) else "config.no_yaml"
        raise ConfigError.of(key, f"{FILE} {mark.line + 1}행" if mark else FILE, told=told) from None


def _problems(content: object) -> list[ConfigError]:
    return _schema_problems(content) or sum(starmap(_study_problems, content["studies"].items()), [])


def _study_problems(study: str, told: dict) -> list[ConfigError]:
    """What no schema can say: years that do not fit each other, a real city's name on made-up values."""
    where, known, found = f"{FILE} studies.{study}", _listed(told["years"]), []
    for key in ("approvals", "publication_numbers"):
        for year in [year for year in told.get(key, {}) if year not in told["years"]]:
            fault = "config.year_as_text" if isinstance(year, str) else "config.year_not_listed"
            found.append(ConfigError.of(fault, f"{where}.{key}", year=year, known=known))
    for year in [year for year in told["years"] if year <= told["base_year"]]:
        facts = {"year": year, "base_year": told["base_year"]}
        found.append(ConfigError.of("config.year_before_base", f"{where}.years", **facts))
    for key in ("title", "publisher"):
        if told.get("illustrative") and "서울" in told.get(key, ""):
            found.append(ConfigError.of("config.real_name", f"{where}.{key}", told=told[key]))
    return found


class RepeatedKey(yaml.constructor.ConstructorError):
    """A key (`problem`) stands for the second time in one mapping, at `problem_mark`."""


class _UniqueKeys(yaml.SafeLoader):
    """A SafeLoader for which a key given twice is an error, not the last one's victory, and a date is text."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node, deep=False):
        seen = []  # a key may be a list, which SafeLoader itself refuses below
        for key_node, _ in node.value:
            seen.append(self.construct_object(key_node, deep=True))
            if seen[-1] in seen[:-1]:
                raise RepeatedKey(None, None, f"{seen[-1]}", key_node.start_mark)
        return super().construct_mapping(node, deep)


def _schema_problems(content: object) -> list[ConfigError]:
    import jsonschema

    found = []
    draft = jsonschema.Draft202012Validator
    whole = draft.TYPE_CHECKER.redefine("integer", lambda _, v: isinstance(v, int) and not isinstance(v, bool))
    strict = jsonschema.validators.extend(draft, type_checker=whole)  # JSON Schema takes 2022.0 for an integer
    validator = strict(_RULES["schema"], format_checker=draft.FORMAT_CHECKER)
    for error in sorted(
        validator.iter_errors(json.loads(json.dumps(content, default=str))),
        key=lambda e: [str(p) for p in e.absolute_path],
    ):
        where = f"{FILE} {'.'.join(map(str, error.absolute_path))}".rstrip()
        told, wanted = error.instance, error.validator_value
        match error.validator:
            case "additionalProperties":
                allowed = list(error.schema["properties"])
                for key in [key for key in told if key not in allowed]:
                    found.append(ConfigError.of("config.key_unknown", where, name=key, allowed=_listed(allowed)))
            case "required":
                found += [ConfigError.of("config.key_missing", where, name=k) for k in wanted if k not in told]
            case rule:
                key = _RULES["sentences"][wanted if rule == "type" else rule]
                wanted = _listed(wanted) if rule == "enum" else wanted
                shown = "빈 값" if told is None else f"'{str(told)[:60]}{'…' if len(str(told)) > 60 else ''}'"
                found.append(ConfigError.of(key, where, told=shown, wanted=wanted))
    return list({str(problem): problem for problem in found}.values())  # two missing keys are two errors, each of both


def _listed(items: object) -> str:
    return ", ".join(str(i) for i in items)
