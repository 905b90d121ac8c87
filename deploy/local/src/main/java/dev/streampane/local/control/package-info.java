// SPDX-License-Identifier: Apache-2.0
/**
 * How a running {@code up} and the commands in other terminals know of each other: {@code stack.json}, the ports, and the
 * socket on which commands on jobs are taken and answered.
 */
package dev.streampane.local.control;
