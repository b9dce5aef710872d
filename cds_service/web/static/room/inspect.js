// The request and the answer to be looked at, and copied as JSON or as a command for a terminal.
import { byId } from "./dom.js";

let shown = { address: "", request: "", answer: "" };

const pretty = (value) => JSON.stringify(value, null, 2);

export function inspect(address, request, answer) {
  let told = answer;
  try {
    told = pretty(JSON.parse(answer));
  } catch {
    // An answer that is no JSON is shown as it came.
  }
  shown = { address, request: pretty(request), answer: told };
  byId("request-text").textContent = shown.request;
  byId("answer-text").textContent = shown.answer;
  byId("inspect").hidden = false;
  byId("copied").textContent = "";
}

// A document in a quoted heredoc: a report's quotes, dollars and backslashes stay as they are, and a chart is longer
// than what a shell takes as one argument. No line of JSON can be the end mark, for it stands without quotes.
export function curl(origin, { address, request }) {
  return `curl -s -H 'Content-Type: application/json' --data-binary @- '${origin}${address}' <<'END_OF_REQUEST'\n${request}\nEND_OF_REQUEST\n`;
}

const TEXTS = { request: () => shown.request, answer: () => shown.answer, curl: () => curl(location.origin, shown) };
const NAMES = { request: "Request", answer: "Answer", curl: "Command" };

async function copy(kind) {
  try {
    await navigator.clipboard.writeText(TEXTS[kind]());
    byId("copied").textContent = `${NAMES[kind]} copied.`;
  } catch {
    byId("copied").textContent = "The browser does not let this page copy. Select the text instead.";
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(button.dataset.copy));
}
