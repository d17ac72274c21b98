import { useMemo } from "react";

import type { CtiPath, NodeRef } from "@/api/wire";
import styles from "@/components/cti-picker.module.css";
import { Combobox, type Option } from "@/components/ui/combobox";
import { allPaths, pathText, sortedByName, type CtiTree } from "@/lib/cti";

/** What is chosen so far: level by level, or all at once. */
export interface CtiChoice {
  categoryId: string | null;
  typeId: string | null;
  itemId: string | null;
}

export const noChoice: CtiChoice = { categoryId: null, typeId: null, itemId: null };

interface CtiPickerProps {
  tree: CtiTree;
  value: CtiChoice;
  onChange: (choice: CtiChoice) => void;
  errors?: { categoryId?: string; typeId?: string; itemId?: string };
  autoFocus?: boolean;
}

/** Category, type and item: found by any words of the whole path, or chosen level by level. */
export function CtiPicker({ tree, value, onChange, errors = {}, autoFocus }: CtiPickerProps) {
  const paths = useMemo(() => allPaths(tree), [tree]);
  const types = tree.types.filter((type) => type.categoryId === value.categoryId);
  const items = tree.items.filter((item) => item.typeId === value.typeId);
  const choosePath = (itemId: string | null) => {
    const path = paths.find((one) => one.item.id === itemId);
    if (path) onChange({ categoryId: path.category.id, typeId: path.type.id, itemId: path.item.id });
  };
  return (
    <div className={styles.picker}>
      <Combobox
        label="Find by path"
        placeholder="Any words of the path, for example “vpn”"
        options={paths.map((path) => ({ id: path.item.id, text: pathText(path) }))}
        value={value.itemId}
        onChange={choosePath}
        autoFocus={autoFocus}
      />
      <div className={styles.levels}>
        <Combobox
          label="Category"
          options={toOptions(tree.categories)}
          value={value.categoryId}
          onChange={(categoryId) => categoryId !== value.categoryId && onChange({ categoryId, typeId: null, itemId: null })}
          error={errors.categoryId}
        />
        <Combobox
          key={`type-of-${value.categoryId}`}
          label="Type"
          options={toOptions(types)}
          value={value.typeId}
          onChange={(typeId) => typeId !== value.typeId && onChange({ ...value, typeId, itemId: null })}
          disabled={!value.categoryId}
          error={errors.typeId}
        />
        <Combobox
          key={`item-of-${value.typeId}`}
          label="Item"
          options={toOptions(items)}
          value={value.itemId}
          onChange={(itemId) => onChange({ ...value, itemId })}
          disabled={!value.typeId}
          error={errors.itemId}
        />
      </div>
    </div>
  );
}

const toOptions = (nodes: readonly NodeRef[]): Option[] => sortedByName(nodes).map(({ id, name }) => ({ id, text: name }));

/** The whole path of a complete choice. */
export function chosenPath(tree: CtiTree, choice: CtiChoice): CtiPath | undefined {
  return allPaths(tree).find((path) => path.item.id === choice.itemId);
}
