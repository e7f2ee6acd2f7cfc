/** Lists endpoints below the runs, shows one in a tab, and offers what can be done with them. */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, TranslationBundle, nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { EndpointApi } from '../api/endpoints';
import { IEndpoint } from '../api/types';
import { CommandIDs } from '../commands';
import { versionBefore } from '../model/endpointRow';
import { EndpointViewModel } from '../model/endpointView';
import { EndpointsModel } from '../model/endpoints';
import { runsIcon } from '../icons';
import { IExplorerFooter } from '../tokens';
import { openCommandMenu } from '../view/commandMenu';
import { EndpointActions } from '../view/endpoints/endpointActions';
import { EndpointTab } from '../view/endpoints/endpointTab';
import { EndpointsSection } from '../view/endpoints/endpointsSection';
import { FooterWidget } from '../view/footer/footerWidget';

/** Below the models, above the TensorBoards. */
const RANK = 20;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const ARGUMENTS = {
  type: 'object',
  properties: {
    name: {
      type: 'string',
      pattern: NAME.source,
      description: 'Of the endpoint; without it, that of the tab that is shown, or one that is asked for.'
    }
  }
};

type Tab = MainAreaWidget<EndpointTab>;

export const endpointsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:endpoints',
  description: 'Lists endpoints, and shows one with a row to try.',
  autoStart: true,
  requires: [IExplorerFooter],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    footer: IExplorerFooter,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const api = new EndpointApi(app.serviceManager.serverSettings);
    const model = new EndpointsModel(api);
    const actions = new EndpointActions(model, api, trans);
    const tracker = new WidgetTracker<Tab>({ namespace: 'jupyter-mlops-endpoint' });
    const show = (name: string) =>
      showTab(app, tracker, name, () => {
        const content = new EndpointTab({ model: new EndpointViewModel(name, model, api), trans, actions });
        return { content, caption: trans.__('Endpoint %1', name) };
      });
    addCommands(app.commands, actions, () => shownName(app, tracker), show, palette, trans);
    const section = React.createElement(EndpointsSection, {
      model,
      trans,
      onOpen: name => void show(name),
      onMenu: (endpoint, left, top) =>
        openCommandMenu(app.commands, menuItems(endpoint), { name: endpoint.name }, left, top),
      onStop: name => void app.commands.execute(CommandIDs.stopEndpoint, { name })
    });
    footer.addSection(
      new FooterWidget(
        () => section,
        () => model.look()
      ),
      RANK
    );
    void restorer?.restore(tracker, {
      command: CommandIDs.openEndpoint,
      args: tab => ({ name: tab.content.model.name }),
      name: tab => tab.content.model.name
    });
  }
};

/** Commands about the endpoint that is named, else the one that is shown, else one that the user is asked for. */
function addCommands(
  commands: CommandRegistry,
  actions: EndpointActions,
  shown: () => string | undefined,
  show: (name: string) => Promise<Tab>,
  palette: ICommandPalette | null,
  trans: TranslationBundle
): void {
  const add = (id: string, label: string, act: (endpoint: IEndpoint) => unknown) => {
    commands.addCommand(id, {
      label,
      describedBy: { args: ARGUMENTS },
      execute: async ({ name = shown() }) => {
        const endpoint = name === undefined || isName(name) ? await actions.find(name) : null;
        await (endpoint && act(endpoint));
      }
    });
    palette?.addItem({ command: id, category: trans.__('Endpoints') });
  };
  commands.addCommand(CommandIDs.openEndpoint, {
    label: trans.__('Open Endpoint'),
    describedBy: { args: ARGUMENTS },
    execute: async ({ name }) => {
      const known = name === undefined ? (await actions.find())?.name : name;
      await (isName(known) && show(known));
    }
  });
  palette?.addItem({ command: CommandIDs.openEndpoint, category: trans.__('Endpoints') });
  add(CommandIDs.testEndpoint, trans.__('Test Endpoint'), each => actions.test(each));
  add(CommandIDs.copyEndpointUrl, trans.__('Copy URL of Endpoint'), each => actions.copyUrl(each));
  add(CommandIDs.copyEndpointCurl, trans.__('Copy curl for Endpoint'), each => actions.copyCurl(each));
  add(CommandIDs.showEndpointLog, trans.__('Show Log of Endpoint'), async ({ name }) =>
    (await show(name)).content.model.showLog(true)
  );
  add(CommandIDs.rollBackEndpoint, trans.__('Roll Back Endpoint…'), each => actions.rollBack(each));
  add(CommandIDs.stopEndpoint, trans.__('Stop Endpoint…'), each => actions.stop(each));
}

/** Commands in their order, with lines between them; those that make no sense for this one are left out. */
function menuItems(endpoint: IEndpoint): readonly (readonly string[])[] {
  const isStopped = endpoint.state === 'stopped';
  return [
    [CommandIDs.openEndpoint, ...(isStopped ? [] : [CommandIDs.testEndpoint]), CommandIDs.showEndpointLog],
    [CommandIDs.copyEndpointUrl, CommandIDs.copyEndpointCurl],
    [
      ...(versionBefore(endpoint) ? [CommandIDs.rollBackEndpoint] : []),
      ...(isStopped ? [] : [CommandIDs.stopEndpoint])
    ]
  ];
}

/** Show an endpoint: the tab that shows it already, or a new one. */
async function showTab(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<Tab>,
  name: string,
  create: () => { readonly content: EndpointTab; readonly caption: string }
): Promise<Tab> {
  let tab = tracker.find(each => each.content.model.name === name);
  if (!tab) {
    const { content, caption } = create();
    tab = new MainAreaWidget({ content });
    tab.id = `jupyter-mlops-endpoint-${name}`;
    tab.title.label = name;
    tab.title.caption = caption;
    tab.title.icon = runsIcon;
    tab.title.closable = true;
    tab.toolbar.hide(); // The view has its own.
    app.shell.add(tab, 'main', { type: 'Endpoint' });
    await tracker.add(tab);
  }
  app.shell.activateById(tab.id);
  return tab;
}

/** The endpoint whose tab is shown; undefined where another one is. */
function shownName(app: JupyterFrontEnd, tracker: WidgetTracker<Tab>): string | undefined {
  const { currentWidget } = tracker;
  return currentWidget && currentWidget === app.shell.currentWidget
    ? currentWidget.content.model.name
    : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}
