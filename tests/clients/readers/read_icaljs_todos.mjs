// Read the to-dos of a calendar from standard input as ical.js (Thunderbird, Nextcloud) does.
// The first argument is the path of ical.js.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));

const todos = calendar.getAllSubcomponents("vtodo").map((todo) => ({
  summary: todo.getFirstPropertyValue("summary"),
  due: todo.getFirstPropertyValue("due")?.toString() ?? null,
  status: todo.getFirstPropertyValue("status"),
  is_completed: todo.getFirstPropertyValue("completed") !== null,
  priority: todo.getFirstPropertyValue("priority"),
}));
console.log(JSON.stringify(todos));
