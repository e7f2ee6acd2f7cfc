/** JupyterLab's own drop-down list, with its name before it or for screen readers only. */

import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

/** See the module. */
export function Choice<T extends string>(props: {
  readonly label: string;
  readonly isLabelShown?: boolean;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}): JSX.Element {
  const { label, isLabelShown, value, options, onChange } = props;
  const select = (
    <HTMLSelect
      className="mlops-Choice"
      aria-label={label}
      value={value}
      options={[...options]}
      onChange={event => onChange(event.target.value as T)}
    />
  );
  return isLabelShown ? (
    <label className="mlops-check">
      {label}
      {select}
    </label>
  ) : (
    select
  );
}
