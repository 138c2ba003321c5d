// What stands on a rendered card, in the order in which it is read out: titles and labels with what is under them.
import { type RenderedNode, RenderedNodeType } from "@hubspot/ui-extensions/testing";

export function readOut(node: RenderedNode): string {
  if (node.nodeType === RenderedNodeType.Text) return node.text;
  const { title = "", label = "" } = node.nodeType === RenderedNodeType.Element ? node.props : {};
  return [title, label, ...node.childNodes.map(readOut)].join(" ").replace(/\s+/g, " ").trim();
}
