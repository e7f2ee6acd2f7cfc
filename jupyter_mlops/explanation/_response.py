"""Models as scikit-learn's inspection takes them: classifiers and regressors, and what makes others look like them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..exceptions import UsageError
from ._subject import Subject
from ._task import estimator_type, last_step, type_name

if TYPE_CHECKING:
    import numpy as np

    from ._network import Network

    Array = np.ndarray[Any, Any]

_SCORES = ("predict_proba", "decision_function")


class Inspected:
    """A model of numbers that scikit-learn's inspection does not take as it is, behind the interface that it asks for.

    Parameters
    ----------
    subject : Subject
        Whose model it is: a network, a judge of how ordinary a row is, or one that only looks like scikit-learn's.
    """

    _estimator_type = "regressor"

    def __init__(self, subject: Subject) -> None:
        self._model = subject.model
        self._answer = subject.task.answer
        self._network: Network | None = None
        if self._answer == "network":
            from ._network import open_network

            self._network = open_network(subject.model)

    def fit(self, *_data: object) -> Inspected:
        """Return the model as it is; scikit-learn wants estimators to have the method."""
        return self

    def predict(self, data: Any) -> Array:
        """Return the number of each row, or its numbers."""
        import numpy as np

        if self._network is not None:
            answers = self._network.predict(data)
            return answers[:, 0] if answers.shape[1] == 1 else answers
        ask = self._model.decision_function if self._answer == "anomalies" else self._model.predict
        return np.asarray(ask(data))

    def score(self, data: Any, target: Any) -> float:
        """Return the coefficient of determination, scikit-learn's own."""
        from sklearn.metrics import r2_score

        return float(r2_score(target, self.predict(data)))

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, RegressorTags, Tags, TargetTags

        return Tags(
            estimator_type=self._estimator_type,
            target_tags=TargetTags(required=False),
            classifier_tags=ClassifierTags() if self._estimator_type == "classifier" else None,
            regressor_tags=RegressorTags() if self._estimator_type == "regressor" else None,
        )


class InspectedClassifier(Inspected):
    """The same for classes: clusters, a network's outputs, and classifiers that give nothing but labels.

    Parameters
    ----------
    subject : Subject
        Whose model it is.
    classes : ndarray
        What it may answer.
    """

    _estimator_type = "classifier"

    def __init__(self, subject: Subject, classes: Array) -> None:
        super().__init__(subject)
        self.classes_ = classes

    def predict(self, data: Any) -> Array:
        """Return the class of each row: of a network the one with the greatest output."""
        import numpy as np

        if self._network is None:
            return np.asarray(self._model.predict(data))
        winners: Array = self.classes_[self.predict_proba(data).argmax(axis=1)]
        return winners

    def predict_proba(self, data: Any) -> Array:
        """Return one column a class: probabilities, outputs, or 1 for the label and 0 for all others."""
        import numpy as np

        if self._network is not None:
            answers = self._network.predict(data)
            return np.hstack([1 - answers, answers]) if answers.shape[1] == 1 else answers
        if hasattr(self._model, "predict_proba"):
            return np.asarray(self._model.predict_proba(data))
        labels = np.asarray(self._model.predict(data))
        return np.asarray(labels[:, None] == self.classes_[None, :], dtype=float)

    def score(self, data: Any, target: Any) -> float:
        """Return the accuracy, scikit-learn's own."""
        from sklearn.metrics import accuracy_score

        return float(accuracy_score(target, self.predict(data)))


def inspected(subject: Subject) -> Any:
    """Return the model itself where scikit-learn's inspection takes it, else the same behind its interface."""
    import numpy as np

    model, task = subject.model, subject.task
    if task.answer == "network":
        if task.name == "regression":
            return Inspected(subject)
        return InspectedClassifier(subject, np.arange(len(task.classes)))
    if task.answer == "clusters":
        clusters = clusters_of(subject)
        if len(clusters) < 2:
            name = type_name(model)
            raise UsageError(f"{name} knows one cluster only: no column can move a row to another. Ask it for more.")
        return InspectedClassifier(subject, clusters)
    known = hasattr(model, "__sklearn_tags__") and hasattr(model, "fit")
    if task.answer in ("numbers", "anomalies"):
        return model if known and estimator_type(model) == "regressor" else Inspected(subject)
    sure = any(hasattr(model, name) for name in _SCORES)
    return model if known and sure else InspectedClassifier(subject, np.asarray(model.classes_))


def clusters_of(subject: Subject) -> Array:
    """Return the clusters that a model knows: those of its training, else those that it finds in the data."""
    import numpy as np

    last = last_step(subject.model)
    for name in ("n_components", "n_clusters"):
        count = getattr(last, name, None)
        if isinstance(count, int):
            return np.arange(count)
    labels = getattr(last, "labels_", None)
    return np.unique(subject.model.predict(subject.data) if labels is None else labels)


def scale_of(subject: Subject, model: Any) -> str:
    """Return what partial dependence is measured in, in words."""
    if subject.task.scale:
        return subject.task.scale
    if hasattr(model, "predict_proba"):
        return "probability" if hasattr(subject.model, "predict_proba") else "share of rows"
    return "decision function" if hasattr(model, "decision_function") else "prediction"
