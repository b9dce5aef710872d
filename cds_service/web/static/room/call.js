// A hook call, sent as an EHR sends it, and what is told of its answer.
import { byId, complaintOf, make, postJson, statusOf } from "./dom.js";
import { showCards } from "./cards.js";
import { inspect } from "./inspect.js";

const LOW = 0.6;

// An answer below the edge of the window is none: where it begins low down, the page moves to it.
function say(...told) {
  byId("said").replaceChildren(...told);
  const place = byId("said").closest("section");
  if (place.getBoundingClientRect().top > innerHeight * LOW) place.scrollIntoView({ block: "start" });
}

// The page stands still while the answer is awaited: the button cannot be pressed twice, and old cards stay.
export async function fire(service, button, build, chart) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const { request, note } = await build();
    await send(service, request, note, chart);
  } catch (error) {
    byId("cards").replaceChildren();
    say(make("strong", {}, "Not sent. "), error.message);
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    button.focus({ preventScroll: true });
  }
}

async function send(service, request, note, chart) {
  const address = `/cds-services/${service}`;
  const started = performance.now();
  const response = await postJson(address, request);
  const milliseconds = Math.round(performance.now() - started);
  const status = statusOf(response);
  if (!response.ok) {
    const complaint = await complaintOf(response.clone());
    inspect(address, request, await response.text());
    byId("cards").replaceChildren();
    say(make("strong", {}, `${status}. `), complaint);
    return;
  }
  const answer = await response.json();
  inspect(address, request, JSON.stringify(answer));
  const cards = answer.cards || [];
  const count = cards.length === 1 ? "One card" : `${cards.length || "No"} ${cards.length ? "cards" : "card"}`;
  await showCards(byId("cards"), cards, { service, chart });
  say(make("strong", {}, `${count}. `), `${status} in ${milliseconds} ms. `, note || "", ...(await whyOf(request, cards)));
}

// The answer to a call that gets no card does not say why; the record does.
async function whyOf(request, cards) {
  if (cards.length) return [];
  const response = await fetch(`/sandbox/calls/${request.hookInstance}`);
  if (!response.ok) return [];
  const told = await response.json();
  const reasons = told.silent.length ? `Silent: ${told.silent.join("; ")}. ` : "";
  return [reasons, make("a", { href: told.page, target: "_blank", rel: "noopener" }, "Why, rule by rule (new tab)")];
}
