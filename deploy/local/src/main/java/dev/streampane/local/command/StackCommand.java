// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.StackPort;
import picocli.CommandLine.Mixin;

/** A command about the stack of one folder. */
abstract class StackCommand extends Subcommand {

    @Mixin
    private DataOption data;

    final DataOption data() {
        return data;
    }

    /** Refuses an offset that moves a port beyond the last one, or below the one that it has. */
    final void checkPortOffset(int offset) {
        if (offset < 0 || offset > StackPort.LARGEST_OFFSET) {
            throw wrong("--port-offset", offset, "0 to " + StackPort.LARGEST_OFFSET);
        }
    }
}
