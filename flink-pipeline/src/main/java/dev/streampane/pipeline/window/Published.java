// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

/** The last published revision of a pane, and the generation that published it. */
public record Published(int generation, int rev) {}
