// Conveniences of a call's page: everything on it can be read without them.
"use strict";

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function toolsOf(rules) {
  const all = rules.querySelectorAll("details.rule");
  const tools = document.createElement("div");
  tools.className = "tools";
  const label = document.createElement("label");
  label.textContent = "Search in rules ";
  const field = document.createElement("input");
  field.type = "search";
  label.append(field);
  const found = document.createElement("span");
  found.className = "quiet";
  found.setAttribute("role", "status");
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    let count = 0;
    for (const rule of all) {
      const fits = rule.textContent.toLowerCase().includes(wanted);
      rule.hidden = !fits;
      count += fits ? 1 : 0;
    }
    found.textContent = wanted ? `${count} of ${all.length} rules` : "";
  });
  const set = (open) => () => all.forEach((rule) => { rule.open = open; });
  tools.append(label, button("Expand all", set(true)), button("Collapse all", set(false)), found);
  return tools;
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const closed = target && target.closest("details");
  if (closed) {
    closed.open = true;
    target.scrollIntoView();
  }
}

for (const rules of document.querySelectorAll("[data-rules]")) {
  rules.querySelector("fieldset").after(toolsOf(rules));
}
function reachByKeyboard() {
  for (const box of document.querySelectorAll(".scroll")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else if (!box.hasAttribute("role")) box.removeAttribute("tabindex");
  }
}

document.addEventListener("toggle", reachByKeyboard, true);
addEventListener("resize", reachByKeyboard);
reachByKeyboard();
addEventListener("hashchange", openTarget);
openTarget();
addEventListener("beforeprint", () => {
  for (const closed of document.querySelectorAll("details.test")) closed.open = true;
});
