/** React's side of Lumino's signals and of the clock. */

import { ISignal } from '@lumino/signaling';
import { RefObject, useEffect, useReducer, useRef, useState } from 'react';

import { onTick } from '../model/clock';

/** Draw again whenever a signal is emitted. */
export function useSignal<S, A>(signal: ISignal<S, A>): void {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    signal.connect(draw);
    draw(); // What was emitted between the first drawing and this moment was heard by nobody.
    return () => {
      signal.disconnect(draw);
    };
  }, [signal]);
}

/** The time, in milliseconds; a new one every second while `isOn`. */
export function useNow(isOn = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => (isOn ? onTick(() => setNow(Date.now())) : undefined), [isOn]);
  return now;
}

/** An element's width in pixels; 0 before it is laid out. */
export function useWidth(element: RefObject<HTMLElement>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(entries => setWidth(Math.floor(entries[0]?.contentRect.width ?? 0)));
    if (element.current) {
      observer.observe(element.current);
    }
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** The value; while it `isComing` the one before, for at most so many milliseconds. */
export function usePatience<T>(value: T, isComing: boolean, patienceMs: number): T {
  const shown = useRef(value);
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const timer = isComing ? setTimeout(() => setIsOver(true), patienceMs) : undefined;
    return () => {
      clearTimeout(timer);
      setIsOver(false);
    };
  }, [isComing, patienceMs]);
  shown.current = isComing && !isOver ? shown.current : value;
  return shown.current;
}
