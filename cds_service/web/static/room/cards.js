// Cards as an EHR shows them. Their Markdown is rendered by the service's own renderer, which takes no HTML.
import { make, postJson } from "./dom.js";
import { dismissal } from "./feedback.js";
import { suggestionItem } from "./suggestion.js";

const INDICATORS = { info: "for information", warning: "warning", critical: "critical", "hard-stop": "stop" };

export async function showCards(place, cards, setting) {
  place.replaceChildren(...(await Promise.all(cards.map((card, at) => cardOf(card, at, setting)))));
}

async function cardOf(card, at, setting) {
  const name = `card-${at + 1}`;
  const outcome = make("p", { className: "outcome", role: "status" });
  const told = { ...setting, card, outcome };
  const made = make("article", { className: `hook-card ${card.indicator}`, "aria-labelledby": name },
    make("header", {}, make("h3", { id: name }, card.summary), make("span", { className: "indicator" }, INDICATORS[card.indicator] || card.indicator)),
    make("p", { className: "source quiet" }, "Source: ", sourceOf(card.source)),
    make("div", { className: "rendered scroll", tabIndex: 0, role: "region", "aria-label": `Detail of card ${at + 1}` }, await detailOf(card.detail || "")));
  const suggestions = card.suggestions || [];
  if (suggestions.length) {
    made.append(make("h4", {}, suggestions.length > 1 ? "Suggestions" : "Suggestion"),
      make("ul", { className: "offers" }, ...suggestions.map((one) => suggestionItem(one, told))));
  }
  made.append(dismissal(told), outcome, linksOf(card.links || []));
  return made;
}

function sourceOf(source) {
  return source.url ? make("a", { href: safe(source.url), target: "_blank", rel: "noopener" }, `${source.label} (new tab)`) : source.label;
}

function linksOf(links) {
  const items = links.map((link) => make("li", {}, make("a", { href: safe(link.url), target: "_blank", rel: "noopener" }, `${link.label} (new tab)`)));
  return items.length ? make("ul", { className: "links" }, ...items) : "";
}

// A link of a card is somebody else's word: only web addresses are followed, never a script.
const safe = (address) => (/^https?:\/\//i.test(address) ? address : "about:blank");

async function detailOf(markdown) {
  const response = await postJson("/sandbox/markdown", { detail: markdown });
  if (!response.ok) return make("pre", {}, markdown);
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  const part = document.createDocumentFragment();
  part.append(...parsed.body.childNodes);
  return part;
}
