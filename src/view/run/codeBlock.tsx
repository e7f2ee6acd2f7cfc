/** Code in JupyterLab's own editor, to be read. */

import { CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import React, { useEffect, useRef } from 'react';

/** See the module. */
export function CodeBlock(props: {
  readonly text: string;
  readonly mimeType: string;
  readonly label: string;
  readonly editors: IEditorServices;
  readonly hasNumbers?: boolean;
  /** A line to mark, from 1. */
  readonly line?: number;
}): JSX.Element {
  const { text, mimeType, label, editors, hasNumbers, line } = props;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) {
      return;
    }
    const model = new CodeEditor.Model({ mimeType });
    model.sharedModel.setSource(text);
    const editor = editors.factoryService.newInlineEditor({
      host: host.current,
      model,
      config: { readOnly: true, lineNumbers: hasNumbers ?? true, lineWrap: false }
    });
    if (line && line <= editor.lineCount) {
      const end = editor.getLine(line - 1)?.length ?? 0;
      editor.setSelection({ start: { line: line - 1, column: 0 }, end: { line: line - 1, column: end } });
    }
    host.current.querySelector('[role=textbox]')?.setAttribute('aria-label', label);
    return () => {
      editor.dispose();
      model.dispose();
    };
  }, [text, mimeType, label, editors, hasNumbers, line]);
  return <div ref={host} className="mlops-CodeBlock jp-Editor" />;
}
