"""What the text of a cell means for the notebook's names, before anything is run."""
