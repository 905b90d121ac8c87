// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

/** The last revision that was said about a pane, and by which generation. */
public record Published(int generation, int rev) {}
