// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.util.Set;
import java.util.TreeSet;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** What a service's command line takes beside {@code -D}: every text in its classes that is an option and nothing else. */
public final class StartOptions {

    private static final String OPTION = "--[a-z-]+";

    private StartOptions() {}

    /** The options with their dashes. */
    public static Set<String> of(Service service) {
        Set<String> options = new TreeSet<>();
        for (ClassNode node : service.compiled()) {
            for (FieldNode field : node.fields) {
                add(field.value, options);
            }
            for (MethodNode method : node.methods) {
                for (AbstractInsnNode instruction : method.instructions) {
                    if (instruction instanceof LdcInsnNode constant) {
                        add(constant.cst, options);
                    }
                }
            }
        }
        return options;
    }

    private static void add(Object value, Set<String> options) {
        if (value instanceof String text && text.matches(OPTION)) {
            options.add(text);
        }
    }
}
