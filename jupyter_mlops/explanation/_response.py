"""Models as scikit-learn's inspection takes them: classifiers and regressors. Others answer through `Assignment`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._subject import Subject
from ._task import estimator_type

if TYPE_CHECKING:
    import numpy as np

_SCORES = ("predict_proba", "decision_function")


class Inspected:
    """A model that scikit-learn's inspection does not take as it is, behind the interface that it asks for.

    Clusters count as classes, a network's outputs as probabilities or numbers, and a classifier that gives nothing
    but labels as one that is always sure.

    Parameters
    ----------
    subject : Subject
        Whose model it is.
    classes : ndarray, optional
        What `predict` may answer; None for numbers.
    """

    def __init__(self, subject: Subject, classes: np.ndarray[Any, Any] | None) -> None:
        self._subject = subject
        self._is_classifier = classes is not None
        self._network: Any = None
        if subject.task.answer == "network":
            from ._network import open_network

            self._network = open_network(subject.model)
        if classes is not None:
            self.classes_ = classes
            self.predict_proba = self._probabilities

    def fit(self, *_data: object) -> Inspected:
        """Return the model as it is; scikit-learn wants estimators to have the method."""
        return self

    def predict(self, data: Any) -> np.ndarray[Any, Any]:
        """Return the most probable class of each row, or its number."""
        import numpy as np

        if self._network is None:
            return np.asarray(self._subject.model.predict(data))
        if self._is_classifier:
            winners: np.ndarray[Any, Any] = self.classes_[self._probabilities(data).argmax(axis=1)]
            return winners
        answers: np.ndarray[Any, Any] = self._network.predict(data)
        return answers[:, 0] if answers.shape[1] == 1 else answers

    def score(self, data: Any, target: Any) -> float:
        """Return accuracy, or the coefficient of determination: scikit-learn's own."""
        from sklearn.metrics import accuracy_score, r2_score

        return float((accuracy_score if self._is_classifier else r2_score)(target, self.predict(data)))

    def _probabilities(self, data: Any) -> np.ndarray[Any, Any]:
        import numpy as np

        if self._network is not None:
            answers = self._network.predict(data)
            if answers.shape[1] == 1:
                return np.hstack([1 - answers, answers])
            return np.asarray(answers)
        model = self._subject.model
        if hasattr(model, "predict_proba"):
            return np.asarray(model.predict_proba(data))
        return np.asarray(np.asarray(model.predict(data))[:, None] == self.classes_[None, :], dtype=float)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, RegressorTags, Tags, TargetTags

        kind = "classifier" if self._is_classifier else "regressor"
        return Tags(
            estimator_type=kind,
            target_tags=TargetTags(required=False),
            classifier_tags=ClassifierTags() if self._is_classifier else None,
            regressor_tags=None if self._is_classifier else RegressorTags(),
        )


def inspected(subject: Subject) -> Any:
    """Return the model itself where scikit-learn's inspection takes it, else the same behind its interface."""
    import numpy as np

    model, task = subject.model, subject.task
    if task.answer == "network":
        return Inspected(subject, None if task.name == "regression" else np.arange(len(task.classes)))
    if task.answer == "clusters":
        return Inspected(subject, clusters_of(subject))
    known = hasattr(model, "__sklearn_tags__") and hasattr(model, "fit")
    if task.answer == "numbers":
        return model if known and estimator_type(model) == "regressor" else Inspected(subject, None)
    sure = any(hasattr(model, name) for name in _SCORES)
    return model if known and sure else Inspected(subject, np.asarray(model.classes_))


def clusters_of(subject: Subject) -> np.ndarray[Any, Any]:
    """Return the clusters that a model knows: those of its training, else those that it finds in the data."""
    import numpy as np

    for name in ("n_components", "n_clusters"):
        count = getattr(subject.core, name, None)
        if isinstance(count, int):
            return np.arange(count)
    labels = getattr(subject.core, "labels_", None)
    return np.unique(subject.model.predict(subject.data) if labels is None else labels)


def scale_of(subject: Subject, model: Any) -> str:
    """Return what partial dependence is measured in, in words."""
    if subject.task.scale:
        return subject.task.scale
    if hasattr(model, "predict_proba"):
        return "probability" if hasattr(subject.model, "predict_proba") else "share of rows"
    return "decision function" if hasattr(model, "decision_function") else "prediction"
