// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.serialized;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.BasicInterpreter;
import org.objectweb.asm.tree.analysis.BasicValue;
import org.objectweb.asm.tree.analysis.Frame;

/** What code hands to Jackson, or to JAX-RS, which hands it to Jackson: the types that values have where they are handed over. */
final class JsonCode {

    /** The methods that take a value or its class, by their owners' names. */
    private static final Pattern TAKERS = Pattern.compile(String.join(
            "|",
            "com/fasterxml/jackson/databind/.*[.](?:writeValue(?:AsBytes|AsString)?|valueToTree|convertValue|treeToValue|readValue)",
            "com/fasterxml/jackson/databind/.*[.](?:readerFor|writerFor|forType)",
            "com/fasterxml/jackson/core/JsonGenerator.*[.]write(?:Object|POJO|ObjectField|POJOField)",
            "jakarta/ws/rs/core/Response.*[.](?:entity|ok)",
            "org/jboss/resteasy/reactive/RestResponse.*[.](?:entity|ok|create)",
            "io/vertx/core/json/.*[.](?:encode|encodeToBuffer|mapFrom|mapTo|decodeValue)"));

    private JsonCode() {}

    /** Names of the types that a class hands over. */
    static Set<String> typesGivenBy(ClassNode owner) {
        Set<String> types = new HashSet<>();
        owner.methods.forEach(method -> collect(owner, method, types));
        return types;
    }

    private static void collect(ClassNode owner, MethodNode method, Set<String> types) {
        Frame<BasicValue>[] frames;
        try {
            frames = new Analyzer<>(new Types()).analyze(owner.name, method);
        } catch (AnalyzerException e) {
            throw new IllegalStateException(owner.name + "." + method.name, e);
        }
        // none of a method without code
        for (int at = 0; at < frames.length; at++) {
            AbstractInsnNode instruction = method.instructions.get(at);
            if (frames[at] != null
                    && instruction instanceof MethodInsnNode call
                    && TAKERS.matcher(call.owner + "." + call.name).matches()) {
                Type[] declared = Type.getArgumentTypes(call.desc);
                for (int i = 0; i < declared.length; i++) {
                    BasicValue given = frames[at].getStack(frames[at].getStackSize() - declared.length + i);
                    if (declared[i].getDescriptor().equals("Ljava/lang/Object;") || given instanceof ClassConstant) {
                        types.add(given.getType().getClassName());
                    }
                }
            }
        }
    }

    /** A class as a value, {@code X.class}; its type is X. */
    private static final class ClassConstant extends BasicValue {
        ClassConstant(Type type) {
            super(type);
        }
    }

    /** Keeps the declared type of every reference. */
    private static final class Types extends BasicInterpreter {
        private static final Type OBJECT = Type.getObjectType("java/lang/Object");

        Types() {
            super(ASM9);
        }

        @Override
        public BasicValue newValue(Type type) {
            boolean isReference =
                    type != null && List.of(Type.OBJECT, Type.ARRAY).contains(type.getSort());
            return isReference ? new BasicValue(type) : super.newValue(type);
        }

        @Override
        public BasicValue newOperation(AbstractInsnNode instruction) throws AnalyzerException {
            if (instruction instanceof LdcInsnNode constant && constant.cst instanceof Type type) {
                return new ClassConstant(type);
            }
            return super.newOperation(instruction);
        }

        @Override
        public BasicValue merge(BasicValue one, BasicValue other) {
            if (one.isReference() && other.isReference() && !one.equals(other)) {
                return new BasicValue(OBJECT);
            }
            return super.merge(one, other);
        }
    }
}
