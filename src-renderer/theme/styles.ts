import '@fontsource-variable/inter/index.css';
import 'dockview-react/dist/styles/dockview.css';
import './tokens.css';
import './base.css';
import './controls.css';
import './panels.css';
import './dialogs.css';
import './workspace.css';
