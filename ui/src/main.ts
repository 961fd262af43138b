// SPDX-License-Identifier: EUPL-1.2
import { mount } from 'svelte';
import 'virtual:kern-tokens.css';
import './app.css';
import App from './App.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no place for the page');
mount(App, { target });
