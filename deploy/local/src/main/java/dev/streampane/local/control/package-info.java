// SPDX-License-Identifier: Apache-2.0
/**
 * How a running {@code up} and the commands in other terminals communicate: {@code stack.json}, the ports, and the folder in
 * which commands on jobs are left and answered.
 */
package dev.streampane.local.control;
