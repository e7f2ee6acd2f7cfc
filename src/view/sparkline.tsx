/** A metric's course as a line of a few pixels. What it shows is also said in words. */

import React from 'react';

import { Figure } from '../api/types';
import { toNumber } from '../model/format';

const PAD = 1.5;

/** Return the line's path in a box of the given size; a hole where a value is no number. */
function sparkPath(values: readonly Figure[], width: number, height: number): string {
  const numbers = values.map(toNumber);
  const finite = numbers.filter(Number.isFinite);
  if (finite.length < 2) {
    return '';
  }
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low || 1;
  const x = (index: number) => PAD + (index / (numbers.length - 1)) * (width - 2 * PAD);
  const y = (value: number) => height - PAD - ((value - low) / span) * (height - 2 * PAD);
  let isDown = false;
  let path = '';
  numbers.forEach((value, index) => {
    if (Number.isFinite(value)) {
      path += `${isDown ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    }
    isDown = Number.isFinite(value);
  });
  return path;
}

/** See the module. */
export const Sparkline = React.memo(function Sparkline(props: {
  readonly values: readonly Figure[];
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}): JSX.Element {
  const { values, label, width = 48, height = 16 } = props;
  const path = sparkPath(values, width, height);
  return (
    <svg
      className="mlops-Sparkline"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role={path ? 'img' : undefined}
      aria-label={path ? label : undefined}
      aria-hidden={path ? undefined : true}
    >
      {path && <path d={path} />}
    </svg>
  );
});
