// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import picocli.CommandLine.Mixin;

/** A command about the stack of one folder. */
abstract class StackCommand extends Subcommand {

    @Mixin
    private DataOption data;

    final DataOption data() {
        return data;
    }
}
