import { expect, test } from "vitest";

import { Replica } from "./document";
import { writeFlow, type Change, type FlowNode } from "./flow";

const file = { nodes: [{ id: "a", type: "wait", position: { x: 0, y: 0 }, data: { label: "", config: {} } }], edges: [] };
const move = (x: number): Change => ({ op: "moveNode", id: "a", x, y: 0 });
const xOf = (replica: Replica) => (replica.flow.nodes.get("a") as FlowNode).position.x;

test("an edit is shown at once and stays when the server confirms it", () => {
  const replica = new Replica(file, 1, "me");
  replica.begin({ key: 1, changes: [move(20)] });
  expect(xOf(replica)).toBe(20);
  expect(replica.take({ revision: 2, changes: [move(20)], origin: "me" })).toBe(true);
  expect(xOf(replica)).toBe(20);
  expect(replica.unanswered).toEqual([]);
});

test("another's edit comes below ours, as the server will put them", () => {
  const replica = new Replica(file, 1, "me");
  replica.begin({ key: 1, changes: [move(20)] });
  replica.take({ revision: 2, changes: [move(500)], origin: "other" });
  expect(xOf(replica)).toBe(20);
  replica.take({ revision: 3, changes: [move(20)], origin: "me" });
  expect(xOf(replica)).toBe(20);
});

test("after a break edits keep what they saw, but of another server's revisions they saw nothing", () => {
  const replica = new Replica(file, 4, "me");
  replica.begin({ key: 1, changes: [move(20)], base: 4, editId: "e1" });
  replica.begin({ key: 2, changes: [] });
  replica.comeBack(file, 5, "again");
  expect(replica.unanswered).toEqual([{ key: 1, changes: [move(20)], base: 4, editId: "e1" }]);
  replica.comeBack(file, 1, "once more", false);
  expect(replica.unanswered[0]?.base).toBe(0);
});

test("an edit that the server refused is taken back", () => {
  const replica = new Replica(file, 1, "me");
  replica.begin({ key: 1, changes: [move(20)] });
  replica.drop(1);
  expect(xOf(replica)).toBe(0);
});

test("an event that was seen already changes nothing, a missing one is noticed", () => {
  const replica = new Replica(file, 4, "me");
  expect(replica.take({ revision: 4, changes: [move(9)], origin: "other" })).toBe(true);
  expect(xOf(replica)).toBe(0);
  expect(replica.take({ revision: 6, changes: [move(9)], origin: "other" })).toBe(false);
});

test("replicas that edit at random end equal to the server", () => {
  // A server that puts the edits of three editors in one order, with delays both ways.
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  const names = ["a", "b", "c"];
  const server = new Replica(file, 1, "server");
  const replicas = names.map((name) => new Replica(file, 1, name));
  const up: { origin: string; changes: Change[] }[][] = names.map(() => []);
  const down: { revision: number; changes: readonly Change[]; origin: string }[][] = names.map(() => []);
  let revision = 1;
  let made = 0;
  while (made < 2000 || up.some((queue) => queue.length) || down.some((queue) => queue.length)) {
    const at = random(3);
    const replica = replicas[at] as Replica;
    const action = random(3);
    if (action === 0 && made < 2000) {
      made += 1;
      const id = `n${random(20)}`;
      const node = { id, type: "wait", position: { x: 0, y: 0 }, data: { config: {} } };
      const changes: Change[] = [
        [{ op: "addNode", node } as Change],
        [{ op: "moveNode", id, x: random(999), y: 0 } as Change],
        [{ op: "setNode", id, path: ["data", "config", "k"], value: random(9) } as Change],
        [{ op: "removeNode", id } as Change],
      ][random(4)] as Change[];
      replica.begin({ key: made, changes });
      up[at]?.push({ origin: names[at] as string, changes });
    } else if (action === 1) {
      const edit = up[at]?.shift();
      if (edit) {
        revision += 1;
        const event = { revision, ...edit };
        server.take(event);
        for (const queue of down) queue.push(event);
      }
    } else {
      const event = down[at]?.shift();
      if (event) expect(replica.take(event)).toBe(true);
    }
  }
  for (const replica of replicas) expect(writeFlow(replica.flow)).toEqual(writeFlow(server.flow));
});

test("after a break our edits stay on top, and the answers come under our new name", () => {
  const replica = new Replica(file, 4, "me");
  replica.begin({ key: 1, changes: [move(20)] });
  replica.begin({ key: 2, changes: [] });
  replica.comeBack(file, 0, "me again");
  expect(replica.unanswered.map((one) => one.key)).toEqual([1]);
  expect(replica.take({ revision: 1, changes: [move(20)], origin: "me again" })).toBe(true);
  expect(replica.unanswered).toEqual([]);
});
