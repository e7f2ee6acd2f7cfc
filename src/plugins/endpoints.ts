/** Lists endpoints below the runs, and shows one in a tab. */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, MainAreaWidget, WidgetTracker, showDialog } from '@jupyterlab/apputils';
import { ITranslator, TranslationBundle, nullTranslator } from '@jupyterlab/translation';

import { EndpointApi } from '../api/endpoints';
import { CommandIDs } from '../commands';
import { EndpointViewModel } from '../model/endpointView';
import { EndpointsModel } from '../model/endpoints';
import { runsIcon } from '../icons';
import { IExplorerFooter } from '../tokens';
import { EndpointTab } from '../view/endpoints/endpointTab';
import { EndpointsSection } from '../view/endpoints/endpointsSection';

/** Below the models, above the TensorBoards. */
const RANK = 20;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const ARGUMENTS = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', pattern: NAME.source, description: 'Of the endpoint.' } }
};

type Tab = MainAreaWidget<EndpointTab>;

export const endpointsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:endpoints',
  description: 'Lists endpoints, and shows one with a row to try.',
  autoStart: true,
  requires: [IExplorerFooter],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    footer: IExplorerFooter,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const api = new EndpointApi(app.serviceManager.serverSettings);
    const model = new EndpointsModel(api);
    const tracker = new WidgetTracker<Tab>({ namespace: 'jupyter-mlops-endpoint' });
    app.commands.addCommand(CommandIDs.openEndpoint, {
      label: trans.__('Open Endpoint'),
      describedBy: { args: ARGUMENTS },
      execute: async ({ name }) => {
        if (typeof name === 'string' && NAME.test(name)) {
          await show(app, tracker, name, new EndpointViewModel(name, model, api), trans);
        }
      }
    });
    const open = (name: string) => void app.commands.execute(CommandIDs.openEndpoint, { name });
    footer.addSection(new EndpointsSection({ model, trans, onOpen: open }), RANK);
    void restorer?.restore(tracker, {
      command: CommandIDs.openEndpoint,
      args: tab => ({ name: tab.content.model.name }),
      name: tab => tab.content.model.name
    });
  }
};

/** Show an endpoint: the tab that shows it already, or a new one. */
async function show(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<Tab>,
  name: string,
  model: EndpointViewModel,
  trans: TranslationBundle
): Promise<void> {
  let tab = tracker.find(each => each.content.model.name === name);
  if (tab) {
    model.dispose();
  } else {
    const content = new EndpointTab({ model, trans, askStop: each => askStop(each, trans) });
    tab = new MainAreaWidget({ content });
    tab.id = `jupyter-mlops-endpoint-${name}`;
    tab.title.label = name;
    tab.title.caption = trans.__('Endpoint %1', name);
    tab.title.icon = runsIcon;
    tab.title.closable = true;
    tab.toolbar.hide(); // The view has its own.
    app.shell.add(tab, 'main', { type: 'Endpoint' });
    await tracker.add(tab);
  }
  app.shell.activateById(tab.id);
}

async function askStop(name: string, trans: TranslationBundle): Promise<boolean> {
  const result = await showDialog({
    title: trans.__('Stop the endpoint?'),
    body: trans.__('%1 answers no more until somebody deploys to it again. Its versions stay.', name),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Let it run') }),
      Dialog.warnButton({ label: trans.__('Stop') })
    ]
  });
  return result.button.accept;
}
