"""Torch: what shares memory shares it after, gradients and optimizers go on, nothing is copied into the stream."""

import functools

import numpy as np
import pytest

from jupyter_mlops.capture import dump_values

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


def test_views_of_one_storage_stay_views(carry):
    whole = torch.arange(100_000.0).reshape(1000, 100)
    copies = carry(whole=whole, row=whole[5], turned=whole.t(), same=whole, bits=whole.view(torch.int32))
    copies["whole"][5, 7] = -1
    assert copies["row"][7] == copies["turned"][7, 5] == -1
    assert copies["same"] is copies["whole"]
    assert copies["bits"].data_ptr() == copies["whole"].data_ptr()
    assert copies["turned"].stride() == (1, 100)
    assert whole[5, 7] == 507


def test_the_bytes_are_out_of_band_once():
    whole = torch.zeros(1000, 100)
    pickled = dump_values({"whole": whole, "row": whole[1], "parameter": torch.nn.Parameter(whole)})
    assert ([view.nbytes for view in pickled.buffers], len(pickled.stream) < 2000) == ([400_000], True)


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "float16", "bfloat16", "complex64", "int64", "uint8", "bool", "float8_e5m2"]
)
@pytest.mark.parametrize("rows", [0, 3, 200_000])
def test_every_type_and_size(carry, dtype, rows):
    tensor = torch.ones(rows, 2).to(getattr(torch, dtype))
    copy = carry(tensor)
    assert (copy.dtype, copy.shape) == (tensor.dtype, tensor.shape)
    assert torch.equal(copy.view(torch.uint8), tensor.view(torch.uint8))


def test_parameters_buffers_gradients_and_attributes(carry):
    parameter = torch.nn.Parameter(torch.ones(3), requires_grad=True)
    (parameter * 2).sum().backward()
    parameter.tag = "mine"
    frozen = torch.nn.Parameter(torch.ones(2), requires_grad=False)
    copies = carry(parameter=parameter, frozen=frozen, leaf=torch.ones(1, requires_grad=True))
    assert type(copies["parameter"]) is torch.nn.Parameter
    assert (copies["parameter"].tag, copies["parameter"].grad.tolist()) == ("mine", [2.0, 2.0, 2.0])
    assert [copies[name].requires_grad for name in copies] == [True, False, True]


def test_a_step_of_a_graph_comes_back_as_a_plain_tensor(carry):
    loss = (torch.ones(2, requires_grad=True) * 3).sum()
    copy = carry(loss)
    assert (copy.item(), copy.requires_grad) == (6.0, False)


def test_the_leaf_of_a_graph_does_not_drag_the_graph(carry):
    weights = torch.ones(2, requires_grad=True)
    loss = (weights * 3).sum()
    copies = carry(weights=weights, loss=loss)
    assert (copies["weights"].requires_grad, copies["loss"].grad_fn) == (True, None)


def train(model, optimizer, schedule, data, steps=3):
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = model(data).square().mean()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize(
    "optimizer", [torch.optim.SGD, torch.optim.Adam, functools.partial(torch.optim.RMSprop, momentum=0.9)]
)
def test_training_goes_on_to_the_bit(carry, optimizer):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(8, 300), torch.nn.BatchNorm1d(300), torch.nn.Linear(300, 1))
    steps = optimizer(model.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.StepLR(steps, 2)
    data = torch.randn(64, 8)
    train(model, steps, schedule, data)
    copies = carry(model=model, optimizer=steps, schedule=schedule, first=model[0])
    assert copies["optimizer"].param_groups[0]["params"][0] is copies["model"][0].weight
    assert copies["first"] is copies["model"][0]
    assert copies["schedule"].optimizer is copies["optimizer"]
    expected = train(model, steps, schedule, data)
    assert train(copies["model"], copies["optimizer"], copies["schedule"], data) == expected
    assert all(map(torch.equal, copies["model"].state_dict().values(), model.state_dict().values()))


def test_a_new_schedule_finds_its_optimizer_as_it_left_it(carry):
    # Warnings are errors here: a schedule warns when its optimizer's step is not the one that it watches.
    model = torch.nn.Linear(8, 1)
    steps = torch.optim.SGD(model.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(steps, lambda epoch: 0.9**epoch)
    steps.register_step_post_hook(lambda optimizer, args, kwargs: setattr(optimizer, "seen", True))
    copies = carry(model=model, steps=steps, schedule=schedule)
    train(copies["model"], copies["steps"], copies["schedule"], torch.ones(2, 8), steps=1)
    assert (copies["schedule"].get_last_lr(), copies["steps"].seen) == ([0.1 * 0.9], True)
    again = carry(steps=copies["steps"], schedule=copies["schedule"])
    assert again["schedule"].get_last_lr() == [0.1 * 0.9]


def test_parametrized_modules_which_torch_itself_does_not_pickle(carry):
    module = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(3, 2))
    copies = carry(net=torch.nn.Sequential(module, torch.nn.Linear(2, 1)), module=module)
    assert copies["net"][0] is copies["module"]
    assert torch.equal(copies["module"].weight, module.weight)
    assert torch.nn.utils.parametrize.is_parametrized(copies["module"], "weight")
    assert copies["module"].state_dict().keys() == module.state_dict().keys()
    copies["net"](torch.ones(1, 3)).sum().backward()
    assert copies["module"].parametrizations.weight.original0.grad is not None


def test_a_module_of_the_notebook_is_still_of_its_class(notebook):
    notebook.run("""
        import torch
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = torch.nn.Linear(2, 1)
                self.register_buffer("seen", torch.zeros(1))
            def forward(self, x): return self.layer(x).relu()
        net = Net()
        net.layer.register_forward_hook(lambda module, args, out: net.seen.add_(1))
    """)
    received = notebook.send("net")
    assert type(received["net"]) is received["Net"]
    data = torch.ones(1, 2)
    assert torch.equal(received["net"](data), notebook["net"](data))


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.eye(4).to_sparse(),
        lambda: torch.quantize_per_tensor(torch.ones(4), 0.1, 0, torch.quint8),
        lambda: torch.ones(3, dtype=torch.complex64).conj(),
        lambda: torch.empty(3, device="meta"),
    ],
    ids=["sparse", "quantized", "conjugate", "meta"],
)
@pytest.mark.filterwarnings("ignore")  # torch's own pickling of these uses what torch deprecates
def test_rare_tensors_go_torchs_own_way(carry, make):
    tensor = make()
    copy = carry(tensor)
    assert (copy.shape, copy.dtype, copy.layout, copy.device) == (
        (tensor.shape, tensor.dtype, tensor.layout, tensor.device)
    )
    if tensor.device.type == "cpu" and not tensor.is_quantized:
        assert torch.equal(copy.to_dense(), tensor.to_dense())


def test_generators_storages_datasets_and_loaders(carry):
    generator = torch.Generator().manual_seed(5)
    torch.rand(1, generator=generator)
    tensor = torch.arange(30_000.0)
    dataset = torch.utils.data.TensorDataset(tensor)
    loader = torch.utils.data.DataLoader(dataset, batch_size=10_000, shuffle=True, generator=generator)
    copies = carry(generator=generator, storage=tensor.untyped_storage(), loader=loader, tensor=tensor)
    assert copies["loader"].generator is copies["generator"]
    assert copies["storage"].data_ptr() == copies["tensor"].data_ptr()
    expected = [batch.tolist() for (batch,) in loader]
    assert [batch.tolist() for (batch,) in copies["loader"]] == expected


@pytest.mark.filterwarnings("ignore")  # torch deprecates TorchScript
def test_a_scripted_module(carry):
    module = torch.jit.script(torch.nn.Linear(2, 1))
    assert torch.equal(carry(module)(torch.ones(1, 2)), module(torch.ones(1, 2)))


def test_small_tensors_can_be_resized(carry):
    assert carry(torch.ones(3)).resize_(10).shape == (10,)


def test_an_array_that_shares_memory_is_data_of_its_own(carry):
    tensor = torch.zeros(50_000)
    copies = carry(tensor=tensor, array=tensor.numpy())
    np.testing.assert_array_equal(copies["array"], copies["tensor"].numpy())
