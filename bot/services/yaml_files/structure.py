"""Faults in the structure of a file: pydantic's errors and the reader's findings, by line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from bot.domain.file_faults import Fault, FaultCode, FileFaultError
from bot.services.yaml_files.reading import Document, Path, read_yaml
from bot.services.yaml_files.values import TextsIn, keys_of

Model = TypeVar("Model", bound=BaseModel)
Params = dict[str, str | int]


def read_as(model: type[Model], raw: bytes) -> tuple[Model, Document]:
    """The file content ``raw``, as ``model``. Raises FileFaultError with every fault, by line."""
    document = read_yaml(raw)
    faults = list(faults_of_reading(document))
    try:
        found = model.model_validate(document.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = tuple(detail["loc"])
            code, params = code_of(path, detail, model)
            faults.append(Fault(document.line_of(path), readable(path, document.data), code, params))
        raise FileFaultError(in_order(faults)) from None
    if faults:
        raise FileFaultError(in_order(faults))
    return found, document


def in_order(faults: Sequence[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.line, fault.field, fault.code))


def faults_of_reading(document: Document) -> Iterator[Fault]:
    """Faults that the values themselves don't show: repeated keys, texts cut short by a comment."""
    for repeated in document.repeated:
        params: Params = {"key": str(repeated.path[-1]), "first": repeated.first_line}
        yield Fault(repeated.line, readable(repeated.path, document.data), FaultCode.KEY_REPEATED, params)
    for path in document.cut:
        yield Fault(document.line_of(path), readable(path, document.data), FaultCode.TEXT_CUT_AT_HASH)


def code_of(  # noqa: PLR0911 - one a kind of error
    path: Path, detail: Mapping[str, Any], root: type[BaseModel]
) -> tuple[FaultCode, Params]:
    """Kaiku's code for one of pydantic's errors, and the parameters of its sentence."""
    name = str(path[-1]) if path else ""
    around = model_at(root, path[:-1])
    match detail["type"]:
        case "missing" if around is not None and issubclass(around, TextsIn):
            return FaultCode(f"text_missing_{name}"), {}
        case "missing":
            return FaultCode.KEY_MISSING, {"key": name}
        case "extra_forbidden":
            return FaultCode.KEY_UNKNOWN, {"key": name, "known": ", ".join(keys_of(around)) if around else ""}
        case "refused":
            params = dict(detail["ctx"])
            return params.pop("code"), params
        case "tuple_type":
            return FaultCode.LIST_EXPECTED, {}
        case _:  # a mapping is expected: the only other thing the models hold
            here = model_at(root, path)
            if here is None:
                return FaultCode.AGENCIES_EXPECTED, {}
            if issubclass(here, TextsIn):
                return FaultCode.TEXTS_EXPECTED, {}
            return FaultCode.KEYS_EXPECTED, {"known": ", ".join(keys_of(here))}


def model_at(root: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model of the mapping at ``path``; None where keys are free, such as agency codes."""
    model: type[BaseModel] | None = root
    for part in path:
        if isinstance(part, int) or model is None:
            continue
        fields = {info.alias or name: info for name, info in model.model_fields.items()}
        model = _model_in(fields[part].annotation) if part in fields else None
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - whatever a field may be
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, (_model_in(each) for each in get_args(annotation))), None)


def readable(path: Path, data: Any = None) -> str:  # noqa: ANN401 - dict, list or str
    """``path`` as people would say it: ``offerings[dialogue-1].sessions[1].to``, ``branches[#2].code``."""
    said = ""
    here: Any = data
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):  # a missing key: nothing below it has a name of its own
            here = None
        if isinstance(part, str):
            said = f"{said}.{part}" if said else part
            continue
        names = (here.get(key) for key in ("code", "number", "key")) if isinstance(here, dict) else ()
        name = next((each for each in names if isinstance(each, str)), None)
        if said.endswith("offerings") and name is not None:
            said = "offerings"  # a code says enough; the strand need not be named
        said = f"{said}[{name if name is not None else f'#{part + 1}'}]"
    return said
