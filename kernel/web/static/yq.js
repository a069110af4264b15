/* Saves steps; every page works without it. */
"use strict";
document.documentElement.className += " scripted";
