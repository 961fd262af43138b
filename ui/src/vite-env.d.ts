// SPDX-License-Identifier: EUPL-1.2
declare module 'virtual:kern-tokens.css';
