import { stepsInLine } from '../lineage.js';
import type { StoreStep, StoreView } from '../stores.js';
import { hasDockerClean } from './images.js';
import { imageOf } from './who.js';

/** Whether a RUN, COPY or heredoc up to and with `step` names something. */
function isNamedBefore({ graph, dockerfile }: StoreView, { node, step }: StoreStep, name: RegExp): boolean {
  return stepsInLine(graph, node).some(({ instruction }) => {
    if (instruction.span.start > step.instruction.span.start) return false;
    return name.test(dockerfile.text.slice(instruction.fullSpan.start, instruction.fullSpan.end));
  });
}

/** Whether nothing up to and with `step` takes docker-clean away; on an image that has none there is nothing to take. */
export function hasDockerCleanLeft(view: StoreView, step: StoreStep): boolean {
  return !isNamedBefore(view, step, /docker-clean|keep-cache|Keep-Downloaded-Packages|apt\.conf/i);
}

/** Whether the image is known to come with docker-clean, and nothing takes it away. */
export function hasDockerCleanSurely(view: StoreView, step: StoreStep): boolean {
  const image = imageOf(view.graph, step.node);
  return image !== undefined && hasDockerClean(image) && hasDockerCleanLeft(view, step);
}

/** Whether something links the folder that apk keeps its packages in. */
export function isLinked(view: StoreView, step: StoreStep): boolean {
  return isNamedBefore(view, step, /\/etc\/apk\/cache|setup-apkcache/);
}
