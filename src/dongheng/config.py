"""config.yaml: where the study's root is, which studies and years there are, and what each was told to do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import yaml

from dongheng.errors import ConfigError, ProblemList

FILE = "config.yaml"

_STUDY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "framework", "base_year", "years", "reverse"],
    "properties": {
        "title": {"type": "string", "minLength": 1},
        "publisher": {"type": "string"},
        "framework": {"type": "string", "minLength": 1},
        "base_year": {"type": "integer", "minimum": 1900, "maximum": 2999},
        "years": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "integer", "minimum": 1900, "maximum": 2999},
        },
        "reverse": {"enum": ["reciprocal", "reflection"]},
        "illustrative": {"type": "boolean"},
        "publication_numbers": {"type": "object", "additionalProperties": {"type": "string"}},
        "approvals": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["document_number", "date"],
                "properties": {
                    "document_number": {"type": "string", "minLength": 1},
                    "date": {"type": "string", "format": "date"},
                },
            },
        },
    },
}
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["seed", "studies"],
    "properties": {
        "seed": {"type": "integer", "minimum": 0},
        "studies": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},  # a folder's name, and the Snakefile's wildcard
            "additionalProperties": _STUDY,
        },
    },
}


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

    def as_dict(self) -> dict:
        """Plain values in a fixed order, as study.json holds them."""
        return asdict(self)

    def sha256(self) -> str:
        """Hash of the settings, free of comments and layout of config.yaml."""
        text = json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True)
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
        if year not in told["years"]:
            raise ConfigError(
                f"{FILE} studies.{study}.years",
                f"{year}년이 없는데",
                "보고서를 만들 연도는 여기 적혀 있어야 하므로",
                f"있는 연도({_listed(told['years'])}) 가운데 고르거나 {year}년을 적어 주십시오",
            )
        shared = ("title", "framework", "base_year", "reverse")
        return Settings(
            study=study,
            year=year,
            **{key: told[key] for key in shared},
            seed=self.content["seed"],
            publisher=told.get("publisher", ""),
            illustrative=told.get("illustrative", False),
            publication_number=told.get("publication_numbers", {}).get(year, ""),
            approval=dict(told.get("approvals", {}).get(year, {})),
        )

    def _study(self, study: str) -> dict:
        if study not in self.content["studies"]:
            raise ConfigError(
                f"{FILE} studies",
                f"'{study}' 연구가 없는데",
                "여기 적힌 연구만 만들 수 있으므로",
                f"있는 연구({_listed(self.studies)}) 가운데 고르거나 철자를 확인해 주십시오",
            )
        return self.content["studies"][study]


def find_root(start: Path | None = None) -> Path:
    """The folder with config.yaml, looking from `start` (default: the working directory) upwards.

    So a notebook opened in JupyterLab, the batch and a test in a copied folder all find their own study.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file() and (folder / "data").is_dir():
            return folder
    raise ConfigError(
        str(here),
        f"여기에도 그 위 폴더에도 {FILE}이 없는데",
        "dongheng은 연구 폴더 안에서 돌아가므로",
        f"{FILE}이 있는 폴더로 옮겨 다시 실행하십시오",
    )


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
    problems = _problems(content) or _year_problems(content)
    if problems:
        raise ProblemList(problems)
    return Config(root, content)


def read(root: Path) -> dict:
    """The content of config.yaml, unchecked. ``ConfigError`` where it is absent or no YAML."""
    try:
        return yaml.load((root / FILE).read_text(encoding="utf-8-sig"), Loader=_UniqueKeys)  # a SafeLoader
    except FileNotFoundError:
        raise ConfigError(FILE, "파일이 없는데", "연구의 설정이 있어야 하므로", "저장소에서 되돌려 주십시오") from None
    except UnicodeDecodeError:
        raise ConfigError(FILE, "UTF-8이 아닌데", "UTF-8만 읽으므로", "UTF-8로 다시 저장해 주십시오") from None
    except _RepeatedKey as problem:
        raise ConfigError(
            f"{FILE} {problem.problem_mark.line + 1}행",
            f"'{problem.problem}' 칸이 다시 나오는데",
            "한 묶음에 같은 칸은 하나여야 하므로",
            "두 줄 가운데 하나를 지워 주십시오",
        ) from None
    except (yaml.YAMLError, ValueError) as problem:  # ValueError: a tag that its text does not fit
        mark = getattr(problem, "problem_mark", None)
        where = f"{FILE} {mark.line + 1}행" if mark else FILE
        raise ConfigError(
            where, "YAML로 읽을 수 없는데", "들여쓰기와 따옴표가 맞아야 하므로", "그 줄과 바로 윗줄을 확인해 주십시오"
        ) from None


def _year_problems(content: dict) -> list[ConfigError]:
    return (
        [
            ConfigError(
                f"{FILE} studies.{study}.{key}",
                f"{year}년이 있는데",
                f"years에 있는 연도({_listed(told['years'])})여야 하므로",
                "연도를 고치거나 years에 넣어 주십시오",
            )
            if not isinstance(year, str)
            else ConfigError(
                f"{FILE} studies.{study}.{key}",
                f"연도 '{year}'이(가) 글자로 적혀 있는데",
                "연도는 따옴표 없는 수여야 하므로",
                "따옴표를 지워 주십시오",
            )
            for study, told in content["studies"].items()
            for key in ("approvals", "publication_numbers")
            for year in told.get(key) or {}
            if year not in told["years"]
        ]
        + [
            ConfigError(
                f"{FILE} studies.{study}.years",
                f"{year}년이 있는데",
                f"기준연도 {told['base_year']}년보다 뒤여야 하므로",
                "연도를 빼거나 base_year를 고쳐 주십시오",
            )
            for study, told in content["studies"].items()
            for year in told["years"]
            if year <= told["base_year"]
        ]
        + [
            ConfigError(
                f"{FILE} studies.{study}.{key}",
                f"'{told[key]}'인데",
                "예시값에는 실제 도시의 이름을 붙이지 않으므로",
                "'서울'을 지우거나, 실제 값만 있는 연구이면 illustrative를 지워 주십시오",
            )
            for study, told in content["studies"].items()
            for key in ("title", "publisher")
            if told.get("illustrative") and "서울" in told.get(key, "")
        ]
    )


class _RepeatedKey(yaml.constructor.ConstructorError):
    """A key stands twice in one mapping."""


class _UniqueKeys(yaml.SafeLoader):
    """A SafeLoader for which a key given twice is an error, not the last one's victory, and a date is text."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable):  # SafeLoader itself refuses the others
                if key in seen:
                    raise _RepeatedKey(None, None, f"{key}", key_node.start_mark)
                seen.add(key)
        return super().construct_mapping(node, deep)


def _problems(content: object) -> list[ConfigError]:
    import jsonschema

    found = []
    draft = jsonschema.Draft202012Validator
    whole = draft.TYPE_CHECKER.redefine("integer", lambda _, v: isinstance(v, int) and not isinstance(v, bool))
    strict = jsonschema.validators.extend(draft, type_checker=whole)  # JSON Schema takes 2022.0 for an integer
    validator = strict(_SCHEMA, format_checker=draft.FORMAT_CHECKER)
    for error in sorted(validator.iter_errors(_text_keys(content)), key=lambda e: [str(p) for p in e.absolute_path]):
        where = ".".join(str(p) for p in error.absolute_path)
        where = f"{FILE} {where}" if where else FILE
        told, wanted = error.instance, error.validator_value
        match error.validator:
            case "additionalProperties":
                allowed = list(error.schema["properties"])
                for key in [k for k in told if k not in allowed]:
                    found.append(
                        ConfigError(
                            where,
                            f"모르는 칸 '{key}'이(가) 있는데",
                            f"쓸 수 있는 칸은 {_listed(allowed)}이므로",
                            "철자를 고치거나 지워 주십시오",
                        )
                    )
            case "required":
                for key in [k for k in wanted if k not in told]:
                    if not any(p.where == where and f"'{key}'" in p.found for p in found):
                        found.append(
                            ConfigError(
                                where, f"'{key}' 칸이 없는데", "꼭 있어야 하는 칸이므로", f"{key}을(를) 적어 주십시오"
                            )
                        )
            case "enum":
                found.append(
                    ConfigError(
                        where,
                        f"'{told}'인데",
                        f"{_listed(wanted)} 가운데 하나여야 하므로",
                        "그 가운데 하나로 고쳐 주십시오",
                    )
                )
            case _:
                found.append(
                    ConfigError(
                        where,
                        "비어 있는데" if told is None else f"'{told}'인데",
                        _wanted(error.validator, wanted),
                        "값을 고쳐 주십시오",
                    )
                )
    return found


def _text_keys(content: object) -> object:
    """JSON knows text keys only, YAML years are numbers."""
    if isinstance(content, dict):
        return {str(k): _text_keys(v) for k, v in content.items()}
    return [_text_keys(v) for v in content] if isinstance(content, list) else content


def _wanted(rule: str, wanted: object) -> str:
    kinds = {
        "string": "따옴표로 묶은 글이어야 하므로",
        "integer": "정수여야 하므로",
        "object": "칸들의 묶음이어야 하므로",
        "boolean": "true나 false여야 하므로",
        "array": "[2023, 2024] 같은 목록이어야 하므로",
    }
    return {
        "type": kinds.get(str(wanted), ""),
        "minimum": f"{wanted} 이상이어야 하므로",
        "maximum": f"{wanted} 이하여야 하므로",
        "minLength": "비어 있으면 안 되므로",
        "minItems": "하나는 있어야 하므로",
        "minProperties": "하나는 있어야 하므로",
        "uniqueItems": "같은 것이 두 번 있으면 안 되므로",
        "pattern": "영어 소문자로 시작하고 소문자, 숫자, 밑줄만 써야 하므로",
        "format": "2026-08-04처럼 있는 날짜여야 하므로",
    }.get(rule, f"{rule} 규칙에 맞아야 하므로")


def _listed(items: object) -> str:
    return ", ".join(str(i) for i in items)
