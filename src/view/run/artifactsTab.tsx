/** The files that a run has left: folder by folder, with a look at those that are safe to look at. */

import { fileIcon, folderIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';

import { IArtifactEntry, IArtifactPage } from '../../api/types';
import { formatBytes, formatFileName } from '../../model/format';
import { ArtifactPreview } from './artifactPreview';
import type { ITabProps } from './runView';

/** See the module. */
export function ArtifactsTab(props: ITabProps): JSX.Element {
  const { model, around } = props;
  const { trans } = around;
  const { api } = model.manager;
  const [path, setPath] = useState('');
  const [page, setPage] = useState<IArtifactPage | null>(null);
  const [shown, setShown] = useState<IArtifactEntry | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let isWanted = true;
    api.artifacts(model.runId, path).then(
      found => isWanted && (setPage(found), setProblem('')),
      (error: Error) => isWanted && setProblem(error.message)
    );
    return () => {
      isWanted = false;
    };
  }, [api, model, path, model.summary?.status]);
  const open = (entry: IArtifactEntry) =>
    entry.is_folder ? (setPath(entry.path), setShown(null)) : setShown(entry);
  return (
    <div className="mlops-ArtifactsTab">
      <div className="mlops-ArtifactsTab-list">
        <Crumbs path={path} onOpen={setPath} root={trans.__('Artifacts')} label={trans.__('Folder')} />
        {problem && <p role="alert">{problem}</p>}
        <table className="mlops-Table" aria-label={trans.__('Files')}>
          <tbody>
            {page?.entries.map(entry => (
              <tr key={entry.path} className={entry.path === shown?.path ? 'mlops-mod-selected' : undefined}>
                <td>
                  <button className="mlops-plainButton mlops-ArtifactsTab-entry" onClick={() => open(entry)}>
                    <EntryIcon entry={entry} />
                    <bdi>{formatFileName(entry.path.split('/').pop() ?? '')}</bdi>
                  </button>
                </td>
                <td className="mlops-Figure mlops-mod-right mlops-quiet">
                  {entry.is_folder ? '' : formatBytes(entry.size)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {page?.left_out ? (
          <p className="mlops-quiet">
            {trans._n('%1 more is not listed.', '%1 more are not listed.', page.left_out)}
          </p>
        ) : null}
        {page && !page.entries.length && <p className="mlops-quiet">{trans.__('This folder is empty.')}</p>}
      </div>
      {shown && (
        <ArtifactPreview key={shown.path} entry={shown} api={api} runId={model.runId} trans={trans} />
      )}
    </div>
  );
}

function EntryIcon({ entry }: { readonly entry: IArtifactEntry }): JSX.Element {
  const Icon = entry.is_folder ? folderIcon : fileIcon;
  return <Icon.react tag="span" className="mlops-ArtifactsTab-icon" aria-hidden="true" />;
}

function Crumbs(props: {
  readonly path: string;
  readonly root: string;
  readonly label: string;
  readonly onOpen: (path: string) => void;
}): JSX.Element {
  const parts = props.path ? props.path.split('/') : [];
  return (
    <nav className="mlops-Crumbs" aria-label={props.label}>
      <button className="mlops-linkButton" onClick={() => props.onOpen('')}>
        {props.root}
      </button>
      {parts.map((part, index) => (
        <React.Fragment key={index}>
          <span aria-hidden="true">/</span>
          <button
            className="mlops-linkButton"
            onClick={() => props.onOpen(parts.slice(0, index + 1).join('/'))}
          >
            <bdi>{formatFileName(part)}</bdi>
          </button>
        </React.Fragment>
      ))}
    </nav>
  );
}
