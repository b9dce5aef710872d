// The draft report in its editor, and the list of orders: what a suggestion may change.
import { byId, make } from "./dom.js";
import { nameOf } from "./suggestion.js";

// An editor is as tall as its text, so that nobody scrolls within a page.
export function fit(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

export function fitAll() {
  const areas = document.querySelectorAll(".paper textarea");
  const refit = () => areas.forEach(fit);
  for (const area of areas) area.addEventListener("input", () => fit(area));
  addEventListener("resize", refit);
  refit();
}

export class Editor {
  constructor(place) {
    this.place = place;
    this.body = byId("body");
    this.concluding = byId("impression");
    this.filed = [this.body.value, this.concluding.value];
    this.placed = [];
  }

  draft() {
    const { report, heading } = this.place.dataset;
    return { report, heading, body: this.body.value, impression: this.concluding.value };
  }

  impression() {
    return this.concluding.value;
  }

  // Scripts and the what-if listen to "input"; what is written for the reader is input, too.
  write(area, text) {
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  conclude(text) {
    this.write(this.concluding, text);
    this.concluding.classList.add("changed");
  }

  undo() {
    this.write(this.body, this.filed[0]);
    this.write(this.concluding, this.filed[1]);
    this.concluding.classList.remove("changed");
  }

  order(resource) {
    this.placed.push(resource);
    const heading = byId("orders");
    let list = heading.parentElement.querySelector("ul");
    if (!list) {
      list = make("ul", { "aria-labelledby": "orders" });
      heading.parentElement.querySelector("p").replaceWith(list);
    }
    const day = new Date().toISOString().slice(0, 10);
    list.prepend(make("li", { className: "placed" },
      make("span", { className: "what" }, nameOf(resource), " ", make("span", { className: "quiet" }, "draft, from the card")), " ",
      make("time", { dateTime: day }, day)));
  }
}
