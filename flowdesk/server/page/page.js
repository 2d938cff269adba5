// Watch and drive the flows that are open on this machine. The page speaks the protocol of docs/reference/protocol.md.
"use strict";

const WORDS = {
  zh: {
    token: "令牌", connect: "连接", where: "用 “flowdesk token show” 打印令牌，或从 flowdesk 打开此页。", flows: "流程",
    noFlows: "没有打开的流程。请在 flowdesk 窗口中打开，或用 flowdesk serve 带文件启动。", run: "运行", start: "运行", pause: "暂停", resume: "继续",
    step: "单步", stop: "停止", log: "日志", connecting: "正在连接…", connected: "已连接", gone: "连接已断开，正在重试…", refused: "令牌不正确",
    pending: "等待", running: "运行中", success: "成功", error: "出错", skipped: "跳过", cancelled: "已取消", idle: "空闲", paused: "已暂停",
    pausing: "正在暂停", stopping: "正在停止", succeeded: "成功", failed: "失败", stopped: "已停止", answer: "回答",
  },
  en: { connecting: "Connecting…", connected: "Connected", gone: "The connection is gone; trying again…", refused: "This token does not let anyone in", answer: "Answer" },
};
const words = WORDS[navigator.language.startsWith("zh") ? "zh" : "en"];
const say = (key) => words[key] ?? key;
const at = (id) => document.getElementById(id);

const page = { socket: null, count: 0, chosen: null, flows: new Map(), status: "idle", role: "view", seq: 0, epoch: null, asked: new Map() };

function start() {
  document.documentElement.lang = words === WORDS.zh ? "zh" : "en";
  for (const part of document.querySelectorAll("[data-text]")) if (words[part.dataset.text]) part.textContent = say(part.dataset.text);
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  history.replaceState(null, "", location.pathname);
  at("entry").addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem("token", at("token").value.trim());
    connect();
  });
  at("start").addEventListener("click", () => send("workflow.start", {}));
  for (const verb of ["pause", "resume", "step", "stop"]) at(verb).addEventListener("click", () => send(`workflow.${verb}`, {}));
  connect(code);
}

function connect(code) {
  at("connection").textContent = say("connecting");
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/page`);
  page.socket = socket;
  const token = sessionStorage.getItem("token");
  let isIn = false;
  socket.onopen = () => {
    if (code) send("auth", { code });
    else if (token) send("auth", { token });
    else send("system.status", {});
  };
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.type === "auth") {
      if (message.payload.token) sessionStorage.setItem("token", message.payload.token);
      code = null;
    }
    if (message.type === "system.status" && message.payload.peer_id && !isIn) {
      isIn = true;
      page.role = message.payload.role;
      page.epoch = message.payload.epoch;
      at("entry").hidden = true;
      at("main").hidden = false;
      at("connection").textContent = say("connected");
      send("flow.list", {}, "");
      send("workflow.subscribe", {}, "*");
    }
    take(message);
  };
  socket.onclose = (event) => {
    if (event.code === 4401 || !isIn) {
      sessionStorage.removeItem("token");
      at("entry").hidden = false;
      at("main").hidden = true;
      at("connection").textContent = event.code === 4401 && (code || token) ? say("refused") : "";
      if (event.code === 4401) return;
    }
    at("connection").textContent = say("gone");
    setTimeout(() => connect(), 1500);
  };
}

function send(type, payload, workflow = page.chosen ?? "") {
  if (page.socket?.readyState !== WebSocket.OPEN) return "";
  const id = `page-${Date.now()}-${++page.count}`;
  page.asked.set(id, type);
  page.socket.send(JSON.stringify({ id, type, timestamp: Date.now() / 1000, workflow_id: workflow, payload }));
  return id;
}

function take({ type, payload, workflow_id: workflow, reply_to: reply }) {
  if (reply) page.asked.delete(reply);
  if (type === "flow.list" && payload.open) showFlows(payload.open);
  else if (type === "flow.get" && payload.flow) showNodes(payload.flow);
  else if (type === "error") addLog("error", `${payload.message} ${payload.fix ?? ""}`);
  if (type === "flow.saved" || type === "flow.closed" || type === "flow.changed") send("flow.list", {}, "");
  if (type === "flow.changed" && workflow === page.chosen) send("flow.get", {});
  if (workflow !== page.chosen) return;
  if (type.startsWith("node.") && payload.node_id) showNode(payload);
  else if (type === "execution.progress") at("progress").value = payload.percent;
  else if (type === "execution.log" && payload.level !== "debug") addLog(payload.level, payload.message);
  else if (type === "system.status" && payload.status) showState(payload.status);
  else if (type === "execution.complete" || type === "execution.error") {
    showState(payload.status);
    addLog(payload.status === "succeeded" ? "info" : "error", payload.message);
  } else if (type === "execution.snapshot" && payload.nodes) {
    for (const node of Object.values(payload.nodes)) showNode(node);
    showState(payload.status);
    if (payload.progress) at("progress").value = payload.progress.percent;
  } else if (type === "help.needed") showHelp(payload);
  else if (type === "help.closed") at(`help-${payload.help_id}`)?.remove();
}

function showFlows(open) {
  at("no-flows").hidden = open.length > 0;
  at("flows").replaceChildren(...open.map((flow) => {
    const button = document.createElement("button");
    button.textContent = (flow.name || flow.workflow_id) + (flow.modified ? " •" : "");
    button.setAttribute("aria-pressed", String(flow.workflow_id === page.chosen));
    button.addEventListener("click", () => choose(flow.workflow_id));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
  if (!open.some((flow) => flow.workflow_id === page.chosen) && open.length) choose(open[0].workflow_id);
}

function choose(workflow) {
  page.chosen = workflow;
  at("log").replaceChildren();
  at("progress").value = 0;
  send("flow.get", {});
  send("execution.snapshot", {});
  send("flow.list", {}, "");
}

function showNodes(flow) {
  const before = new Map([...at("nodes").children].map((item) => [item.dataset.node, item.dataset.status]));
  at("nodes").replaceChildren(...flow.nodes.map((node) => {
    const item = document.createElement("li");
    item.dataset.node = node.id;
    for (const text of ["", node.data?.label || node.id, node.type]) {
      const span = document.createElement("span");
      span.textContent = text;
      item.append(span);
    }
    item.lastChild.className = "hint";
    return item;
  }));
  for (const [id, status] of before) if (status) showNode({ node_id: id, status });
  showState(page.status);
}

function showNode({ node_id: id, status, message, iteration }) {
  const item = [...at("nodes").children].find((other) => other.dataset.node === id);
  if (!item) return;
  item.dataset.status = status;
  item.firstChild.textContent = say(status) + (iteration?.length ? ` ${iteration.map((index) => index + 1).join(".")}` : "");
  item.firstChild.className = `state ${status}`;
  item.title = message ?? "";
}

function showState(status) {
  page.status = status;
  at("run-state").textContent = say(status);
  at("run-state").className = `state ${status}`;
  const isOn = ["running", "pausing", "paused", "stopping"].includes(status);
  const mayRun = page.role === "run" && page.chosen !== null;
  at("start").disabled = isOn || !mayRun;
  at("pause").disabled = status !== "running" || !mayRun;
  at("resume").disabled = at("step").disabled = status !== "paused" || !mayRun;
  at("stop").disabled = !isOn;
}

function showHelp(question) {
  const form = document.createElement("form");
  form.id = `help-${question.help_id}`;
  const label = document.createElement("label");
  label.textContent = question.message;
  const input = document.createElement("input");
  input.value = question.default ?? "";
  const button = document.createElement("button");
  button.textContent = say("answer");
  form.append(label, input, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send("help.answer", { help_id: question.help_id, action: "answer", value: input.value });
  });
  at("help").append(form);
}

function addLog(level, text) {
  const item = document.createElement("li");
  item.className = level;
  item.textContent = text;
  at("log").append(item);
  while (at("log").children.length > 500) at("log").firstChild.remove();
  item.scrollIntoView({ block: "nearest" });
}

start();
