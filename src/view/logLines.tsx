/** Lines of a log, in a box that stays at its end unless the reader has scrolled up. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useLayoutEffect, useRef } from 'react';

import { IWriting } from '../model/terminalStyle';
import { Line } from '../model/terminalText';

const NEAR_PX = 24;

/** See the module. */
export function LogLines(props: {
  readonly lines: readonly Line[];
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { lines, trans } = props;
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (box.current && follows.current) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [lines]);
  return (
    <div
      ref={box}
      className="mlops-LogLines mlops-Log jp-RenderedText"
      role="log"
      aria-live="off"
      aria-label={trans.__('Last lines of the log')}
      tabIndex={0}
      onScroll={event => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
      }}
    >
      <LogText lines={lines} />
    </div>
  );
}

/** Lines as one text, to be read and copied. */
export function LogText(props: {
  readonly lines: readonly Line[];
  readonly className?: string;
}): JSX.Element {
  return (
    <pre className={props.className}>
      {props.lines.map((line, index) => (
        <React.Fragment key={index}>
          <LogLine line={line} />
          {'\n'}
        </React.Fragment>
      ))}
    </pre>
  );
}

/** One line, as text nodes. */
const LogLine = React.memo(function LogLine({ line }: { readonly line: Line }): JSX.Element {
  return (
    <>
      {line.map((span, index) =>
        isPlain(span) ? (
          span.text
        ) : (
          <span key={index} {...lookOf(span)}>
            {span.text}
          </span>
        )
      )}
    </>
  );
});

function isPlain({ classes, colour, background }: IWriting): boolean {
  return !classes && !colour && !background;
}

/** What an element is given to look as the log asks. */
export function lookOf({ classes, colour, background }: IWriting): React.HTMLAttributes<HTMLElement> {
  return {
    className: classes || undefined,
    style: colour || background ? { color: colour, backgroundColor: background } : undefined
  };
}
