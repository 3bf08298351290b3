import { Button as BlueprintButton } from '@blueprintjs/core';
import type { ReactElement, ReactNode, Ref } from 'react';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick: () => void;
  readonly tone?: 'plain' | 'quiet' | 'solid' | 'solid-buy' | 'solid-sell' | 'solid-danger';
  readonly size?: 'small' | 'normal' | 'big';
  readonly disabled?: boolean;
  readonly title?: string;
  readonly label?: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button that says what it does. Enter held down does not press it again. */
export function Button({
  children,
  onClick,
  tone = 'plain',
  size = 'normal',
  disabled = false,
  title,
  label,
  ref,
}: ButtonProps): ReactElement {
  return (
    <BlueprintButton
      className={`btn ${tone} ${size}`}
      disabled={disabled}
      onClick={onClick}
      onKeyDown={(event) => {
        if (event.repeat && (event.key === 'Enter' || event.key === ' ')) event.preventDefault();
      }}
      {...(title === undefined ? {} : { title })}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(ref === undefined ? {} : { ref })}
    >
      {children}
    </BlueprintButton>
  );
}
