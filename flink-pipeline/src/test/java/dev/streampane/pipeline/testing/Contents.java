// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** What a value without {@code equals} holds, to compare: as AssertJ's recursive comparison does, without its milliseconds for each. */
public final class Contents {

    private static final Map<Class<?>, Field[]> FIELDS = new ConcurrentHashMap<>();

    private Contents() {}

    /**
     * The value's class and all of its fields, those of superclasses too, and so on for what they hold, as nested lists. Arrays and lists are
     * lists of their elements, maps of their entries in their order; all else that Java itself has, and enums, stay as they are. No value may
     * hold itself.
     */
    public static Object of(Object value) {
        if (value instanceof List<?> list) {
            return all(list);
        }
        if (value instanceof Map<?, ?> map) {
            return all(List.copyOf(map.entrySet()));
        }
        if (value == null
                || value instanceof Enum<?>
                || value.getClass().getName().startsWith("java.")) {
            return value;
        }
        return value.getClass().isArray() ? elements(value) : fields(value);
    }

    private static List<Object> all(List<?> list) {
        List<Object> contents = new ArrayList<>(list.size());
        list.forEach(element -> contents.add(of(element)));
        return contents;
    }

    private static List<Object> elements(Object array) {
        return all(IntStream.range(0, Array.getLength(array))
                .mapToObj(index -> Array.get(array, index))
                .toList());
    }

    private static List<Object> fields(Object value) {
        Class<?> type = value.getClass();
        List<Object> contents = new ArrayList<>();
        contents.add(type);
        for (Field field : FIELDS.computeIfAbsent(type, Contents::fieldsOf)) {
            try {
                contents.add(of(field.get(value)));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        return contents;
    }

    private static Field[] fieldsOf(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> declaring = type; declaring != Object.class; declaring = declaring.getSuperclass()) {
            for (Field field : declaring.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    fields.add(field);
                }
            }
        }
        return fields.toArray(Field[]::new);
    }
}
