"""Torch tensors by their storage: out of band, and what shares memory before shares it after. torch itself copies."""

from __future__ import annotations

import functools
import io
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch

from .. import _rebuild as rebuild
from .._refusals import RefusedValueError

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer

_PLAIN = (torch.Tensor, torch.nn.Parameter, torch.nn.Buffer)
_WATCHED = "_wrapped_by_lr_sched"
"""By this attribute a schedule tells a step that it watches."""

_COPIED_BYTES = 64 * 1024
"""Smaller storages get memory of their own, which can be resized; larger ones stay on the mapped file."""


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {
        torch.Tensor: _reduce_tensor,
        torch.UntypedStorage: _reduce_storage,
        torch.Generator: _reduce_generator,
        torch.optim.Optimizer: _reduce_optimizer,
        torch.nn.Module: _reduce_module,
        torch.jit.ScriptModule: _reduce_script,
    }


def _reduce_tensor(tensor: Any, pickler: ValuePickler) -> Any:
    plain = type(tensor) in _PLAIN and tensor.layout is torch.strided and tensor.device.type in ("cpu", "cuda")
    if not plain or tensor.is_quantized or tensor.is_conj() or tensor.is_neg():
        return NotImplemented
    if not tensor.is_leaf and not pickler.detach:
        raise RefusedValueError(tensor, "it is a step of an autograd graph", "pass {name}.detach()")
    image = pickler.shared(("torch", tensor.untyped_storage()._cdata), lambda: _Image(tensor))
    place = (tensor.storage_offset(), tuple(tensor.size()), tensor.stride())
    kind = type(tensor)
    args = (image, str(tensor.dtype).removeprefix("torch."), place, kind, tensor.requires_grad and tensor.is_leaf)
    state = (dict(vars(tensor)), tensor.grad if tensor.is_leaf else None)
    return rebuild_tensor, args, state if any(map(_is_given, state)) else None, None, None, set_tensor_state


def _is_given(part: Any) -> bool:
    return part is not None and not (isinstance(part, dict) and not part)


def _reduce_storage(storage: Any, pickler: ValuePickler) -> Any:
    if storage.device.type not in ("cpu", "cuda"):
        return NotImplemented
    whole = torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage)
    return torch.Tensor.untyped_storage, (pickler.shared(("torch whole", storage._cdata), lambda: whole),)


class _Image:
    """A storage on its way: its bytes, and the device that they belong to. One a storage, so that views meet."""

    def __init__(self, tensor: Any) -> None:
        storage = tensor.untyped_storage()
        # Kept, so that nothing else gets its address while the pickler lives.
        self.storage = storage
        self.device = str(storage.device)
        held = storage if storage.device.type == "cpu" else storage.cpu()
        self.data = torch.empty(0, dtype=torch.uint8).set_(held).numpy()

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild_storage, (self.data, self.device)


def rebuild_storage(data: Any, device: str) -> Any:
    """Return a storage over bytes that came out of band, on the device that it was on where there is one."""
    if not data.size:
        held = torch.UntypedStorage(0)
    elif data.nbytes < _COPIED_BYTES:
        held = torch.tensor(data).untyped_storage()
    else:
        held = torch.from_numpy(data).untyped_storage()
    if device.startswith("cuda") and torch.cuda.is_available():
        return held.cuda(torch.device(device))
    return held


def rebuild_tensor(image: Any, dtype: str, place: tuple[Any, ...], kind: type, requires_grad: bool) -> Any:
    """Return a tensor that looks at a storage as it did before."""
    tensor = torch.empty(0, dtype=getattr(torch, dtype), device=image.device).set_(image, *place)
    if kind is torch.nn.Parameter:
        return torch.nn.Parameter(tensor, requires_grad)
    if kind is torch.nn.Buffer:
        return torch.nn.Buffer(tensor)
    return tensor.requires_grad_() if requires_grad else tensor


def set_tensor_state(tensor: Any, state: tuple[dict[str, Any], Any]) -> None:
    """Give a tensor its attributes and its gradient."""
    attributes, gradient = state
    vars(tensor).update(attributes)
    tensor.grad = gradient


def _reduce_optimizer(optimizer: Any, _pickler: ValuePickler) -> Any:
    if type(optimizer).__getstate__ is not torch.optim.Optimizer.__getstate__:
        return NotImplemented
    state = dict(vars(optimizer))
    watched = hasattr(state.get("step"), _WATCHED)
    if watched:
        # A schedule's wrapper; it holds this very optimizer by a weak reference.
        del state["step"]
    return rebuild.make_bare, (type(optimizer),), (state, watched), None, None, set_optimizer


def set_optimizer(optimizer: Any, told: tuple[dict[str, Any], bool]) -> None:
    """Give an optimizer its state, and hooks that torch's own pickling forgets."""
    state, watched = told
    optimizer.__setstate__(state)
    if watched:
        _watch_steps(optimizer)


def _watch_steps(optimizer: Any) -> None:
    """Have an optimizer remember that it stepped, as a schedule does, which warns when it did not."""
    reference, step = weakref.ref(optimizer), type(optimizer).step

    @functools.wraps(step)
    def watched(*args: Any, **kwargs: Any) -> Any:
        held = reference()
        vars(held)["_opt_called"] = True
        return step(held, *args, **kwargs)

    setattr(watched, _WATCHED, True)
    optimizer.step = watched


def _reduce_generator(generator: Any, _pickler: ValuePickler) -> Any:
    return rebuild_generator, (str(generator.device), bytes(generator.get_state().numpy()))


def rebuild_generator(device: str, state: bytes) -> Any:
    """Return a random generator that goes on where it was."""
    generator = torch.Generator(device)
    generator.set_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))
    return generator


def _reduce_module(module: Any, _pickler: ValuePickler) -> Any:
    if not torch.nn.utils.parametrize.is_parametrized(module):
        return NotImplemented
    # Its class was made for it alone, below the one that it had; torch makes it again.
    return rebuild.make_bare, (type(module).__bases__[0],), dict(vars(module)), None, None, set_parametrized


def set_parametrized(module: Any, state: dict[str, Any]) -> None:
    """Give a parametrized module its attributes, and the class that computes its parameters."""
    from torch.nn.utils import parametrize

    rebuild.set_attributes(module, state)
    parametrize._inject_new_class(module)
    for name in module.parametrizations:
        parametrize._inject_property(module, name)


def _reduce_script(module: Any, _pickler: ValuePickler) -> Any:
    file = io.BytesIO()
    torch.jit.save(module, file)
    return rebuild_script, (file.getvalue(),)


def rebuild_script(data: bytes) -> Any:
    """Return a compiled TorchScript module."""
    return torch.jit.load(io.BytesIO(data))
