// SPDX-License-Identifier: Apache-2.0
/** What jobs leave behind: their generations, checkpoints, savepoints and open transactions. */
package dev.streampane.local.state;
