import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import { mount } from "svelte";
import "./state/language.svelte.ts";
import App from "./App.svelte";
import "./styles/base.css";
import "./styles/tokens.css";

mount(App, { target: document.getElementById("app")! });
